#!/bin/sh
# Does what the entry script of the image postgres does. `server` stands for the server.
set -e
mkdir -p "$PGDATA"
chmod 00700 "$PGDATA" || :
if [ "$(id -u)" = 0 ]; then
  find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
  exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
if ! [ -s "$PGDATA/PG_VERSION" ]; then
  id -un >/dev/null # as initdb, which wants a name
  echo 17 > "$PGDATA/PG_VERSION"
fi
exec "$@"
