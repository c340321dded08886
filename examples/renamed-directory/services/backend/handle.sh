# One request: the list of products, or a new product.
. ./http.sh
read_request

products=${DATA_DIR:-/data}/products.txt
[ -f "$products" ] || cp products.txt "$products"

case $method:$path in
  *:/health) answer '200 OK' text/plain ok ;;
  GET:/products) answer '200 OK' text/plain "$(head -n "${PAGE_SIZE:-20}" "$products")" ;;
  POST:/products)
    head -c "$content_length" >>"$products"
    echo >>"$products"
    answer '201 Created' text/plain added
    ;;
  *) answer '404 Not Found' text/plain 'no such resource' ;;
esac
