#!/bin/sh
# Exercises a running patient-records mesh and shows what happened. Run by `testudo up … -- demo.sh`,
# which sets TESTUDO_MESH_JSON (addresses) and TESTUDO (the command itself).
#
#   demo.sh [--stay]   with --stay, waits for Ctrl-C at the end instead of letting the mesh stop
set -u

record='{"name":"Ada Lovelace","born":"1815-12-10","conditions":["asthma"],"allergies":["penicillin"]}'
work=$(mktemp -d) || exit 3
capture=
waiting=
failures=0

finish() {
  [ -z "$capture$waiting" ] || kill $capture $waiting 2>/dev/null
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

address_of() {
  python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["services"][sys.argv[2]]["address"])' \
    "$TESTUDO_MESH_JSON" "$1"
}

heading() { printf '\n== %s\n' "$1"; }

# expect TEXT FILE: says whether FILE holds TEXT, and counts when it does not.
expect() {
  if grep -q -- "$1" "$2"; then
    echo "   ok: $3"
  else
    echo "   FAILED: $3; got:"
    sed 's/^/     /' "$2" | head -n 5
    failures=$((failures + 1))
  fi
}

# wait_until COMMAND...: until it succeeds, for a minute at most.
wait_until() {
  tries=0
  until "$@" || [ $tries -ge 600 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
}

holds_a_packet() { [ "$(wc -c <"$work/redis.pcap")" -gt 24 ]; } # more than the file's header

api=$(address_of api) && redis=$(address_of redis) || exit 3
request() { curl -sS --max-time 60 --cacert "$work/api-ca.pem" --resolve "api:4996:$api" "$@"; }

heading "The API's CA certificate, public by policy"
"$TESTUDO" cas value patient-records/api api_ca_cert >"$work/api-ca.pem" || exit 3
openssl x509 -noout -subject -in "$work/api-ca.pem" | sed 's/^/   /'

heading "Store and read a record (HTTPS to the API, mutual TLS from there to Redis)"
tcpdump -i lo -U --immediate-mode -w "$work/redis.pcap" "host $redis and tcp port 6379" 2>"$work/tcpdump.log" &
capture=$!
wait_until grep -q listening "$work/tcpdump.log"
request -X POST -H 'content-type: application/json' -d "$record" https://api:4996/patient/ada >"$work/stored" 2>&1
answered=$(date +%s%3N)
expect 'Ada Lovelace' "$work/stored" "POST /patient/ada  $(cat "$work/stored")"
if [ -n "${DEMO_BEGAN-}" ]; then
  echo "   from nothing (\`testudo up\` typed) to this first answer: $((answered - DEMO_BEGAN)) ms"
fi
request https://api:4996/patient/ada >"$work/read" 2>&1
expect 'penicillin' "$work/read" "GET  /patient/ada  $(cat "$work/read")"
request https://api:4996/score/ada >"$work/score" 2>&1
expect '"score":7' "$work/score" "GET  /score/ada    $(cat "$work/score")"

heading "What the wire to Redis ($redis:6379) carried meanwhile"
wait_until holds_a_packet
sleep 0.5
kill "$capture" && wait "$capture" 2>/dev/null
capture=
packets=$(tcpdump -nn -r "$work/redis.pcap" 2>/dev/null | wc -l)
tcpdump -nn -A -r "$work/redis.pcap" >"$work/wire" 2>/dev/null
echo "   $packets packets captured; the first bytes of one that carries data:"
tcpdump -nn -x -c 1 -r "$work/redis.pcap" 'tcp[((tcp[12] & 0xf0) >> 2)] = 0x17' 2>/dev/null | sed -n '5,7s/^/  /p'
# Redis' protocol has each word of a command on a line of its own. Three letters alone would also stand in
# encrypted bytes now and then.
end=$(printf '\r')
if [ "$packets" -gt 0 ] && ! grep -qaE "Lovelace|penicillin|patient:ada|^(GET|SET|AUTH)$end\$" "$work/redis.pcap"; then
  echo "   ok: neither the record nor any Redis command is in there"
else
  echo "   FAILED: the capture is empty, or shows the record or a Redis command"
  failures=$((failures + 1))
fi

heading "A plain Redis client at that port"
timeout 60 redis-cli -h "$redis" -p 6379 ping >"$work/plain" 2>&1
expect 'Error\|reset\|closed' "$work/plain" "refused: $(head -n 1 "$work/plain")"

heading "A TLS client with a certificate of some other CA"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=intruder \
  -addext 'subjectAltName=DNS:api' -addext 'basicConstraints=critical,CA:FALSE' -keyout "$work/intruder.key" -out "$work/intruder.pem" 2>/dev/null
printf 'PING\r\n' | timeout 60 openssl s_client -ign_eof -connect "$redis:6379" -servername redis \
  -cert "$work/intruder.pem" -key "$work/intruder.key" >"$work/intruder" 2>&1
if grep -q '^+PONG\|^-NOAUTH' "$work/intruder"; then
  echo "   FAILED: Redis answered"
  failures=$((failures + 1))
else
  expect 'alert' "$work/intruder" "refused: $(grep -o 'alert [a-z ]*' "$work/intruder" | head -n 1)"
fi

heading "Result"
if [ $failures -eq 0 ]; then
  echo "   all as promised. Evidence was software only: not hardware attested, for laptops and CI."
else
  echo "   $failures check(s) FAILED"
  exit 1
fi
if [ "${1-}" = --stay ]; then
  cp "$work/api-ca.pem" "$TESTUDO_STATE/run/api-ca.pem"
  echo "   The mesh stays up until Ctrl-C. Try:"
  echo "   curl --cacert $TESTUDO_STATE/run/api-ca.pem --resolve api:4996:$api https://api:4996/patient/ada"
  while :; do
    sleep 3600 &
    waiting=$!
    wait $waiting
  done
fi
