#!/bin/sh
# Exercises a running patient-records mesh and shows what happened. `testudo up … -- demo.sh` runs it and sets
# TESTUDO_MESH_JSON (addresses) and TESTUDO (the command itself).
#
#   demo.sh [--stay]   with --stay, waits for Ctrl-C at the end, so that the mesh keeps running
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

# expect TEXT FILE WHAT: reports whether FILE contains TEXT, and counts a failure if it does not.
expect() {
  if grep -q -- "$1" "$2"; then
    echo "   ok: $3"
  else
    echo "   FAILED: $3; got:"
    sed 's/^/     /' "$2" | head -n 5
    failures=$((failures + 1))
  fi
}

# wait_until COMMAND...: waits until COMMAND succeeds, at most a minute.
wait_until() {
  tries=0
  until "$@" || [ $tries -ge 600 ]; do
    tries=$((tries + 1))
    sleep 0.1
  done
}

holds_a_packet() { [ "$(wc -c <"$work/redis.pcap")" -gt 24 ]; } # more than the header of the file

api=$(address_of api) && redis=$(address_of redis) || exit 3
request() { curl -sS --max-time 60 --cacert "$work/api-ca.pem" --resolve "api:4996:$api" "$@"; }

heading "The CA certificate of the API, which the policy makes public"
"$TESTUDO" cas value patient-records/api api_ca_cert >"$work/api-ca.pem" || exit 3
openssl x509 -noout -subject -in "$work/api-ca.pem" | sed 's/^/   /'

heading "A record is stored and read (HTTPS to the API, mutual TLS from the API to Redis)"
tcpdump -i lo -U --immediate-mode -w "$work/redis.pcap" "host $redis and tcp port 6379" 2>"$work/tcpdump.log" &
capture=$!
wait_until grep -q listening "$work/tcpdump.log"
request -X POST -H 'content-type: application/json' -d "$record" https://api:4996/patient/ada >"$work/stored" 2>&1
answered=$(date +%s%3N)
expect 'Ada Lovelace' "$work/stored" "POST /patient/ada  $(cat "$work/stored")"
if [ -n "${DEMO_BEGAN-}" ]; then
  echo "   time from the start of \`testudo up\` to this first answer: $((answered - DEMO_BEGAN)) ms"
fi
request https://api:4996/patient/ada >"$work/read" 2>&1
expect 'penicillin' "$work/read" "GET  /patient/ada  $(cat "$work/read")"
request https://api:4996/score/ada >"$work/score" 2>&1
expect '"score":7' "$work/score" "GET  /score/ada    $(cat "$work/score")"

heading "The network traffic to Redis ($redis:6379) during these requests"
wait_until holds_a_packet
sleep 0.5
kill "$capture" && wait "$capture" 2>/dev/null
capture=
packets=$(tcpdump -nn -r "$work/redis.pcap" 2>/dev/null | wc -l)
tcpdump -nn -A -r "$work/redis.pcap" >"$work/wire" 2>/dev/null
echo "   $packets packets captured; the first bytes of a packet with data:"
tcpdump -nn -x -c 1 -r "$work/redis.pcap" 'tcp[((tcp[12] & 0xf0) >> 2)] = 0x17' 2>/dev/null | sed -n '5,7s/^/  /p'
# In Redis' protocol each word of a command is on a line of its own. Three letters alone would occasionally occur in
# encrypted bytes too.
end=$(printf '\r')
if [ "$packets" -gt 0 ] && ! grep -qaE "Lovelace|penicillin|patient:ada|^(GET|SET|AUTH)$end\$" "$work/redis.pcap"; then
  echo "   ok: it contains neither the record nor any Redis command"
else
  echo "   FAILED: the capture is empty, or contains the record or a Redis command"
  failures=$((failures + 1))
fi

heading "A plain Redis client connects to that port"
timeout 60 redis-cli -h "$redis" -p 6379 ping >"$work/plain" 2>&1
expect 'Error\|reset\|closed' "$work/plain" "refused: $(head -n 1 "$work/plain")"

heading "A TLS client connects with a certificate of another CA"
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
  echo "   all as promised. The evidence was software evidence: not hardware attested, for laptops and CI."
else
  echo "   $failures check(s) FAILED"
  exit 1
fi
if [ "${1-}" = --stay ]; then
  cp "$work/api-ca.pem" "$TESTUDO_STATE/run/api-ca.pem"
  echo "   The mesh runs until Ctrl-C. Try:"
  echo "   curl --cacert $TESTUDO_STATE/run/api-ca.pem --resolve api:4996:$api https://api:4996/patient/ada"
  while :; do
    sleep 3600 &
    waiting=$!
    wait $waiting
  done
fi
