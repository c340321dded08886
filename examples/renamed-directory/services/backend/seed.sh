# Adds the products of a fixture, one a line.
set -eu
while read -r product; do
  wget -q -O /dev/null --post-data "$product" "${BACKEND_URL:-http://backend:8080}/products"
  echo "added $product"
done <"${FIXTURES:-/fixtures}/products.txt"
