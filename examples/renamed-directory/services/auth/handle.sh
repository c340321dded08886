# One request: a token for a visitor.
. ./http.sh
read_request

case $path in
  /health) answer '200 OK' text/plain ok ;;
  /token) answer '200 OK' text/plain "${ISSUER:-shop}.$(date +%s)" ;;
  /terms) answer '200 OK' text/plain "$(cat terms.txt)" ;;
  *) answer '404 Not Found' text/plain 'no such resource' ;;
esac
