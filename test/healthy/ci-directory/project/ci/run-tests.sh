#!/bin/bash
set -e
bundle exec rspec --format progress
