"""Patient records over HTTP, kept in Redis. No TLS in here: that is the shield's work."""

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
