"""Failing handshakes. Arguments: a secured port that fails, the errno."""
import errno, select, socket, sys

port, expected = int(sys.argv[1]), int(sys.argv[2])

s = socket.socket()
assert s.connect_ex(("127.0.0.1", port)) == expected
assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0

s = socket.socket()
s.setblocking(False)
ep = select.epoll()
ep.register(s, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)
ep.poll(0.01)
result = s.connect_ex(("127.0.0.1", port))
assert result == errno.EINPROGRESS, (result, s.getsockname())
events = ep.poll()
assert events and events[0][1] & select.EPOLLERR, events
assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == expected
assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
try:
    s.getpeername()
    raise SystemExit("connected")
except OSError as e:
    assert e.errno == errno.ENOTCONN
# The error also comes out of the next connect, and then the socket can be used again.
result = s.connect_ex(("127.0.0.1", port))
assert result == errno.EINPROGRESS, (result, s.getsockname())
ep.poll()
assert s.connect_ex(("127.0.0.1", port)) == expected
print("done")
