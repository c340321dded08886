#!/bin/sh
# starts it
echo ready
