"""bind and listen without a rule. Argument: a port."""
import errno, socket, sys

port = int(sys.argv[1])
s = socket.socket()
try:
    s.bind(("127.0.0.1", port))
    raise SystemExit("bound")
except OSError as e:
    assert e.errno == errno.EACCES, e
for address in [None, ("127.0.0.1", 0)]:
    s = socket.socket()
    if address:
        s.bind(address)  # fine for a client
    try:
        s.listen()
        raise SystemExit("listens")
    except OSError as e:
        assert e.errno == errno.EACCES, e
    assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 0
print("done")
