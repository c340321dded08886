#!/bin/bash
docker compose -f docker-compose.yml -f ./dev/docker-compose.dev.yml down -v --remove-orphans
