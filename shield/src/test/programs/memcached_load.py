"""Fills and reads a memcached: many connections, pipelined commands, values up to 900 KB.

<port> <connections>
"""
import random
import socket
import sys
import threading

port, connections = map(int, sys.argv[1:])
problems = []


def use(number):
    source = random.Random(number)
    try:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            reader = connection.makefile("rb")
            values = {b"%d-%d" % (number, i): source.randbytes(2000) for i in range(100)}
            values[b"%d-large" % number] = source.randbytes(900_000)
            batch = b"".join(
                b"set %s 0 0 %d\r\n%s\r\n" % (key, len(value), value)
                for key, value in values.items()
            )
            sender = threading.Thread(target=connection.sendall, args=(batch,))
            sender.start()
            for _ in values:
                assert reader.readline() == b"STORED\r\n"
            sender.join()
            connection.sendall(b"".join(b"get %s\r\n" % key for key in values))
            for key, value in values.items():
                assert reader.readline() == b"VALUE %s 0 %d\r\n" % (key, len(value))
                assert reader.read(len(value) + 2) == value + b"\r\n"
                assert reader.readline() == b"END\r\n"
            connection.sendall(b"incr nothing 1\r\nquit\r\n")
            assert reader.readline() == b"NOT_FOUND\r\n"
            assert reader.read() == b"", "the server hangs up after `quit`"
    except Exception as problem:
        problems.append("%d: %r" % (number, problem))


threads = [threading.Thread(target=use, args=(i,)) for i in range(connections)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(*problems or ["stored and read on %d connections" % connections], sep="\n")
sys.exit(bool(problems))
