"""IPv6 and both families on one listener.

serve <port> dual|only   listens at :: for both families, or at ::1; serves until told `enough`,
                         and says where each peer came from
call <port> dual|only    from every address that must work, then tells it
"""
import random
import socket
import sys

role, port, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
DATA = random.Random(7).randbytes(3_000_000)


def read_all(connection):
    data = b""
    while block := connection.recv(1 << 20):
        data += block
    return data


def serve():
    if kind == "dual":
        listener = socket.create_server(
            ("", port), family=socket.AF_INET6, dualstack_ipv6=True, reuse_port=False
        )
    else:
        listener = socket.create_server(("::1", port), family=socket.AF_INET6)
    while True:
        connection, peer = listener.accept()
        with connection:
            assert connection.getpeername() == peer, (connection.getpeername(), peer)
            assert connection.getsockname()[1] == port, connection.getsockname()
            data = read_all(connection)
            connection.sendall(data[::-1])
        print("from", peer[0], flush=True)
        if data == b"enough":
            return


def call(family, host, data=DATA):
    with socket.socket(family) as connection:
        connection.connect((host, port))
        assert connection.getpeername()[0] == host, connection.getpeername()
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection) == data[::-1], "other bytes came back"
    print("reached", host)


if role == "serve":
    serve()
elif kind == "dual":
    call(socket.AF_INET, "127.0.0.1")
    call(socket.AF_INET6, "::1")
    call(socket.AF_INET6, "::ffff:127.0.0.1")
    call(socket.AF_INET6, "::1", b"enough")
else:
    call(socket.AF_INET6, "::1")
    call(socket.AF_INET6, "::1", b"enough")
    try:
        call(socket.AF_INET, "127.0.0.1")
        sys.exit("reached what listens at another address")
    except ConnectionRefusedError:
        print("refused")
