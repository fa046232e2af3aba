# Asks each store once, and shows the answers to everybody who may connect.
mkdir /tmp/www
answers=/tmp/www/answers
until redis-cli -h redis set key value | grep -q OK; do sleep 0.3; done
echo "redis: $(redis-cli -h redis get key)" >>$answers
until memcping --servers=cache:11211; do sleep 0.3; done
echo "memcached: answers" >>$answers
ask() {
  mariadb --no-defaults -h db -u app -p"$MARIADB_PASSWORD" -Ne 'select 40 + 2' app
}
until answer=$(ask); do sleep 0.3; done
echo "mariadb: $answer" >>$answers
ask() {
  PGPASSWORD=$POSTGRES_PASSWORD /usr/lib/postgresql/*/bin/psql -h pg -U app -Atc 'select 40 + 3' app
}
until answer=$(ask); do sleep 0.3; done
echo "postgresql: $answer" >>$answers
mv $answers /tmp/www/index.html
exec busybox httpd -f -p 8000 -h /tmp/www
