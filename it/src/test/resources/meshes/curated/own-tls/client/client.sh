# Asks each store once over TLS, with a client certificate.
redis() {
  redis-cli -h redis --tls --sni redis --cacert /tls/redis/ca --cert /tls/redis/crt --key /tls/redis/key "$@"
}
until redis set key value | grep -q OK; do sleep 0.3; done
echo "redis: $(redis get key)"
cache() {
  printf 'version\r\nquit\r\n' | openssl s_client -quiet -connect cache:11211 -verify_return_error \
    -verify_hostname cache -CAfile /tls/cache/ca -cert /tls/cache/crt -key /tls/cache/key 2>/dev/null
}
until cache | grep -q VERSION; do sleep 0.3; done
echo "memcached: answers"
ask() {
  mariadb --no-defaults -h db -u records -p"$MARIADB_PASSWORD" --ssl-verify-server-cert --ssl-ca=/tls/db/ca \
    --ssl-cert=/tls/db/crt --ssl-key=/tls/db/key -Ne 'select 40 + 2' app
}
until answer=$(ask); do sleep 0.3; done
echo "mariadb: $answer"
ask() {
  /usr/lib/postgresql/*/bin/psql "host=pg user=app dbname=app sslmode=verify-full sslrootcert=/tls/pg/ca \
    sslcert=/tls/pg/crt sslkey=/tls/pg/key" -Atc 'select 40 + 3'
}
until answer=$(ask); do sleep 0.3; done
echo "postgresql: $answer"
sleep 600
