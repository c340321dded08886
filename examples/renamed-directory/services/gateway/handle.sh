# One request: a page of the site, or something another service answers.
. ./http.sh
read_request

case $path in
  /health) answer '200 OK' text/plain ok; exit ;;
  /) answer '200 OK' text/html "$(cat site/index.html)"; exit ;;
  /style.css) answer '200 OK' text/css "$(cat site/style.css)"; exit ;;
esac

while read -r prefix upstream; do
  case $prefix in '' | '#'*) continue ;; esac
  case $path in
    "$prefix"*)
      if body=$(wget -q -O - "$upstream/${path#"$prefix"}"); then
        answer '200 OK' text/plain "$body"
      else
        answer '502 Bad Gateway' text/plain "$upstream does not answer"
      fi
      exit
      ;;
  esac
done <routes.conf

answer '404 Not Found' text/plain 'no such page'
