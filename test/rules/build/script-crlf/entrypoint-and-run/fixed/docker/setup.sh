#!/usr/bin/env sh
echo a
echo b
# the end