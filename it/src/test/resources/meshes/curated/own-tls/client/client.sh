# Asks each store once over TLS, with a client certificate. Nobody gets an answer without one, or with a wrong password.
refuse() {
  if "$@"; then
    echo "not refused: $*"
    exit 1
  fi
}
redis() {
  redis-cli -h redis --tls --sni redis --cacert /tls/redis/ca "$@"
}
certificate='--cert /tls/redis/crt --key /tls/redis/key'
until redis $certificate set key value | grep -q OK; do sleep 0.3; done
answer=$(redis $certificate get key)
stranger() { redis get key | grep -q value; }
refuse stranger
echo "redis: $answer"
cache() {
  printf 'version\r\nquit\r\n' | openssl s_client -quiet -connect cache:11211 -verify_return_error \
    -verify_hostname cache -CAfile /tls/cache/ca "$@" 2>/dev/null | grep -q VERSION
}
until cache -cert /tls/cache/crt -key /tls/cache/key; do sleep 0.3; done
refuse cache
echo "memcached: answers"
ask() {
  mariadb --no-defaults -h db -u records --ssl-ca=/tls/db/ca --ssl-verify-server-cert "$@" -Ne 'select 40 + 2' app
}
certificate='--ssl-cert=/tls/db/crt --ssl-key=/tls/db/key'
until answer=$(ask -p"$MARIADB_PASSWORD" $certificate); do sleep 0.3; done
refuse ask -p"$MARIADB_PASSWORD"
refuse ask -p"$MARIADB_PASSWORD" --skip-ssl
refuse ask -pwrong $certificate
echo "mariadb: $answer"
ask() {
  /usr/lib/postgresql/*/bin/psql "host=pg user=app dbname=app sslrootcert=/tls/pg/ca $*" -Atc 'select 40 + 3'
}
certificate='sslmode=verify-full sslcert=/tls/pg/crt sslkey=/tls/pg/key'
until answer=$(ask "$certificate"); do sleep 0.3; done
refuse ask sslmode=verify-full
refuse ask sslmode=disable
refuse ask "$certificate password=wrong"
echo "postgresql: $answer"
sleep 600
