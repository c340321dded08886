FROM hugomods/hugo:0.135.0
COPY . /src
COPY shared.txt content* /src/
