"""Patient records over HTTP, stored in Redis. It has no TLS; the shield adds it."""

import os

import redis

import records

records.serve(
    redis.Redis(
        host=os.environ["redis_host"],
        port=int(os.environ["redis_port"]),
        password=os.environ["REDIS_PASSWORD"],
        socket_connect_timeout=20,
        socket_timeout=20,
    )
)
