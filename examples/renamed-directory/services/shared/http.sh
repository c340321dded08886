# Just enough HTTP for a handler that nc starts once per connection:
# the request is on standard input, the answer goes to standard output.

cr=$(printf '\r')

# Sets method, path, content_length and websocket_key.
read_request() {
  method='' path='' content_length=0 websocket_key=''
  IFS=' ' read -r method path _ || exit 0
  while IFS= read -r header; do
    header=${header%"$cr"}
    [ -n "$header" ] || break
    value=${header#*: }
    case $header in
      [Cc]ontent-[Ll]ength:*) content_length=$value ;;
      [Ss]ec-[Ww]eb[Ss]ocket-[Kk]ey:*) websocket_key=$value ;;
    esac
  done
}

# answer "200 OK" text/plain "the body"
answer() {
  printf 'HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n' \
    "$1" "$2" "$((${#3} + 1))"
  [ "$method" = HEAD ] || printf '%s\n' "$3"
}
