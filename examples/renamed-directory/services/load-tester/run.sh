# Asks for the same page again and again, and says how often that went well.
good=0
i=0
while [ "$i" -lt "${REQUESTS:-50}" ]; do
  wget -q -O /dev/null "${TARGET:-http://gateway:8080/}" && good=$((good + 1))
  i=$((i + 1))
done
echo "$good of $i requests were answered"
[ "$good" -eq "$i" ]
