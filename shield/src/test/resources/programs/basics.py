"""connect: allowed and refused, blocking; names of both ends; arguments: plain port, refused port, secured port."""
import errno, socket, sys

plain, refused, secured = map(int, sys.argv[1:])

s = socket.socket()
s.connect(("127.0.0.1", plain))
assert s.getpeername() == ("127.0.0.1", plain), s.getpeername()
s.sendall(b"plain")
assert s.recv(100) == b"plain"
s.close()

s = socket.socket()
try:
    s.connect(("127.0.0.1", refused))
    raise SystemExit("refused port was reached")
except OSError as e:
    assert e.errno == errno.EACCES, e

s = socket.socket()
s.connect(("127.0.0.1", secured))
assert s.getpeername() == ("127.0.0.1", secured), s.getpeername()
assert s.getsockname()[0] == "127.0.0.1", s.getsockname()
s.sendall(b"secured")
assert s.recv(100) == b"secured"
try:
    s.connect(("127.0.0.1", secured))
    raise SystemExit("second connect")
except OSError as e:
    assert e.errno == errno.EISCONN, e
s.shutdown(socket.SHUT_WR)
assert s.recv(100) == b""
print("done")
