@echo off
docker compose up
