# Runs redis-benchmark `rounds` times: 50 clients, one request at a time and 16 in a pipeline.
# Environment: requests, rounds; optionally host, port.
host=${host:-redis}
port=${port:-6379}
# The services of a mesh start at the same time, so Redis may not be ready yet.
tries=0
until redis-cli -h "$host" -p "$port" ping >/dev/null 2>&1 || [ "$tries" -ge 150 ]; do
  tries=$((tries + 1))
  sleep 0.2
done
round=0
while [ "$round" -lt "$rounds" ]; do
  round=$((round + 1))
  for pipeline in 1 16; do
    echo "round $round pipeline $pipeline begins"
    redis-benchmark -h "$host" -p "$port" -c 50 -P "$pipeline" -n "$requests" -t set,get -d 64 --csv
    echo "round $round pipeline $pipeline ends, exit $?"
  done
done
