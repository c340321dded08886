cd "$1"
docker compose -f compose.prod.yaml up
