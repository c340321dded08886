#!/usr/bin/env bash
echo a
echo b
# the end