#!/bin/sh
# Does what the entry script of the image mariadb does. `server` stands for the server.
set -e
if [ "$(id -u)" = 0 ]; then
  find "$DATADIR" \! -user mysql -exec chown mysql: '{}' +
  exec setpriv --reuid=mysql --regid=mysql --clear-groups "$0" "$@"
fi
if ! [ -d "$DATADIR/mysql" ]; then
  mkdir -p "$DATADIR/mysql"
fi
exec "$@"
