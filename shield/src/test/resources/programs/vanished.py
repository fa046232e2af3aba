"""A connection whose peer vanishes. `server ADDRESS PORT [CERTIFICATE]`, which speaks TLS with a certificate (and its key
in the same file), or `client ADDRESS PORT keepalive|timeout`, which tells the error that ends its connection."""
import errno, socket, ssl, sys, time

role, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
if role == "server":
    l = socket.create_server((address, port))
    print("listening", flush=True)
    c, _ = l.accept()
    if len(sys.argv) > 4:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[4])
        c = context.wrap_socket(c, server_side=True)
    c.sendall(b"x")
    time.sleep(600)
s = socket.create_connection((address, port))
assert s.recv(1) == b"x"
if sys.argv[4] == "keepalive":
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 2):
        s.setsockopt(socket.IPPROTO_TCP, option, value)
else:
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 2000)
print("connected", flush=True)
try:
    if sys.argv[4] == "keepalive":
        s.recv(1)
    while True:
        s.send(b"y")
        time.sleep(0.2)
except OSError as e:
    print(errno.errorcode[e.errno], flush=True)
