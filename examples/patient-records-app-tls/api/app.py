"""Patient records over HTTPS, stored in Redis over mutual TLS, with files that the agent injects into /tls."""

import os

import redis

import records

records.serve(
    redis.Redis(
        host=os.environ["redis_host"],
        port=6379,
        ssl=True,
        ssl_ca_certs="/tls/redis-ca.crt",
        ssl_certfile="/tls/client.crt",
        ssl_keyfile="/tls/client.key",
        ssl_check_hostname=True,
        socket_connect_timeout=20,
        socket_timeout=20,
    ),
    ssl_context=("/tls/flask.crt", "/tls/flask.key"),
)
