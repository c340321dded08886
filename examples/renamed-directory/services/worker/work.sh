# Looks after the stock. The heartbeat is what the health check looks at.
. ./settings.sh
while true; do
  if stock=$(wget -q -O - "$BACKEND_URL/products"); then
    echo "$stock" | wc -l >/tmp/stock
    touch /tmp/heartbeat
  fi
  sleep "$PAUSE"
done
