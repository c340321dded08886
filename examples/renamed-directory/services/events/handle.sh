# One connection: a WebSocket (RFC 6455) that greets and goes.
. ./http.sh
read_request

if [ "$path" != /events ] || [ -z "$websocket_key" ]; then
  answer '426 Upgrade Required' text/plain 'this is a WebSocket, at /events'
  exit
fi

# The answer to the key is the SHA-1 of it and of a constant from the RFC, as base64 of its bytes.
digest=$(printf '%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11' "$websocket_key" | sha1sum | cut -c 1-40)
accept=$(printf "$(echo "$digest" | sed 's/../\\x&/g')" | base64)
printf 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
printf 'Sec-WebSocket-Accept: %s\r\n\r\n' "$accept"

greeting=$(cat greeting.txt)
printf "\\x81\\x$(printf %x ${#greeting})%s" "$greeting" # a whole text frame
printf '\x88\x00'                                         # a close frame
