"""Echoes and compares with blocking sockets, a thread per connection and direction.

serve <port> <connections>   one ThreadingTCPServer
call <port> <connections> <bytes>
"""
import hashlib
import random
import socket
import socketserver
import sys
import threading

ended = threading.Semaphore(0)
failures = []


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while block := self.request.recv(65536):
            self.request.sendall(block)
        self.request.shutdown(socket.SHUT_WR)
        ended.release()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512


def serve(port, connections):
    with Server(("127.0.0.1", port), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for _ in range(connections):
            ended.acquire()
        server.shutdown()
    print("served", connections)


def send(connection, data):
    # In odd pieces, and with a file in between: sendfile(2) is a path of its own.
    half = len(data) // 2
    connection.sendall(data[: half // 3])
    connection.sendall(data[half // 3 : half])
    import tempfile

    with tempfile.TemporaryFile() as file:
        file.write(data[half:])
        file.flush()
        connection.sendfile(file)
    connection.shutdown(socket.SHUT_WR)


def call_one(port, size, seed):
    try:
        data = random.Random(seed).randbytes(size)
        back = hashlib.sha256()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            sender = threading.Thread(target=send, args=(connection, data))
            sender.start()
            while block := connection.recv(65536):
                back.update(block)
            sender.join()
        assert back.digest() == hashlib.sha256(data).digest(), "other bytes came back"
    except Exception as problem:
        failures.append(repr(problem))


def call(port, connections, size):
    threads = [threading.Thread(target=call_one, args=(port, size, i)) for i in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(*failures or ["carried %d x %d" % (connections, size)], sep="\n")
    sys.exit(bool(failures))


{"serve": serve, "call": call}[sys.argv[1]](*map(int, sys.argv[2:]))
