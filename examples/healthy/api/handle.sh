# One request a run, whatever it asks for: the time.
while IFS= read -r header && [ ${#header} -gt 1 ]; do :; done
printf 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n%s\n' "$(date)"
