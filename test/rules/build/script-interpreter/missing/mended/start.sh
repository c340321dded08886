#!/bin/sh -e
echo ready
