#!/bin/sh
# Does what the entry script of the image nginx does. Only the server changes its user, if it is root;
# `server` stands for it.
set -e
if [ "$1" = server ] && ! touch /etc/nginx/conf.d/default.conf 2>/dev/null; then
  echo "can not modify /etc/nginx/conf.d/default.conf (read-only file system?)"
fi
exec "$@"
