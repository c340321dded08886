#!/bin/bash -e
echo ready
