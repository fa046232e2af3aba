"""A non-blocking connect through the gate, edge-triggered and registered before connect. Argument: a secured port whose handshake does not end before "not ready" was said."""
import errno, os, select, socket, sys

port = int(sys.argv[1])
ET = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET
s = socket.socket()
s.setblocking(False)
copy = os.dup(s.fileno())
ep = select.epoll()
ep.register(s, ET)
ep.poll(0.01)  # a fresh socket reports EPOLLOUT|EPOLLHUP
assert s.connect_ex(("127.0.0.1", port)) == errno.EINPROGRESS
assert s.connect_ex(("127.0.0.1", port)) == errno.EALREADY
assert ep.poll(0.1) == [], "ready before the peer is authenticated"
assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
assert s.getsockname()[0] == "0.0.0.0", s.getsockname()
try:
    s.getpeername()
    raise SystemExit("peer before it is there")
except OSError as e:
    assert e.errno == errno.ENOTCONN
try:
    s.send(b"x")
    raise SystemExit("sent too early")
except BlockingIOError:
    print("not ready", flush=True)
events = ep.poll()
assert events == [(s.fileno(), select.EPOLLOUT)], events
assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
assert s.connect_ex(("127.0.0.1", port)) == 0  # as without the shield
assert s.connect_ex(("127.0.0.1", port)) == errno.EISCONN
assert s.getpeername() == ("127.0.0.1", port)
assert socket.socket(fileno=copy).getpeername() == ("127.0.0.1", port)
s.send(b"hello")
assert ep.poll()[0][1] & select.EPOLLIN
assert s.recv(10) == b"hello"
print("done")
