# One request a run; nc hands it over on standard input.
IFS=' ' read -r _ path _ || exit 0
while IFS= read -r header && [ ${#header} -gt 1 ]; do :; done

status='200 OK'
case $path in
  /) body=$(cat index.html) ;;
  /health) body=ok ;;
  /now) body=$(wget -q -O - http://api:8080/now) || { status='502 Bad Gateway' body='api does not answer'; } ;;
  *) status='404 Not Found' body='no such page' ;;
esac
printf 'HTTP/1.1 %s\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n%s\n' "$status" "$body"
