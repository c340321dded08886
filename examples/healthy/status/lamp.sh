# Lights the lamp again every few seconds.
while true; do
  echo lit >/tmp/lamp
  sleep 5
done
