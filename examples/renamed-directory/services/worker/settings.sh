: "${BACKEND_URL:=http://backend:8080}" "${PAUSE:=2}"
