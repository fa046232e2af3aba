"""Plain connects. Arguments: an echo port, a port where nobody listens; both allowed; whether a connection can be dissolved."""
import errno, select, socket, sys

echo, closed = map(int, sys.argv[1:3])
dissolves = sys.argv[3] == "true"

s = socket.socket()
assert s.connect_ex(("127.0.0.1", closed)) == errno.ECONNREFUSED
assert s.connect_ex(("127.0.0.1", echo)) == 0
assert s.connect_ex(("127.0.0.1", echo)) == errno.EISCONN
s = socket.socket()
s.setblocking(False)
assert s.connect_ex(("127.0.0.1", closed)) == errno.EINPROGRESS
select.select([], [s], [])
assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNREFUSED
# Every spelling of the local machine.
for family, address in [
    (socket.AF_INET, "0.0.0.0"), (socket.AF_INET, "127.0.0.1"),
    (socket.AF_INET6, "::ffff:127.0.0.1"),
]:
    s = socket.socket(family)
    s.connect((address, echo))
    s.send(b"x")
    assert s.recv(1) == b"x"
# Errors of the address itself.
s = socket.socket(socket.AF_INET6)
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def raw(sock, data):
    return 0 if libc.connect(sock.fileno(), data, len(data)) == 0 else ctypes.get_errno()
assert raw(s, b"\x02\0\0\x50\x7f\0\0\1" + b"\0" * 8) == errno.EINVAL
assert raw(s, b"\x02\0\0\x50\x7f\0\0\1" + b"\0" * 20) == errno.EAFNOSUPPORT
s = socket.socket()
assert raw(s, b"\x0a\0\0\x50" + b"\0" * 24) == errno.EAFNOSUPPORT
assert raw(s, b"\x02\0\0\x50") == errno.EINVAL
assert libc.connect(s.fileno(), ctypes.c_void_p(8), 16) == -1 and ctypes.get_errno() == errno.EFAULT
assert libc.connect(s.fileno(), b"x" * 300, 300) == -1 and ctypes.get_errno() == errno.EINVAL
assert libc.connect(999, b"\x02\0" + b"\0" * 14, 16) == -1 and ctypes.get_errno() == errno.EBADF
assert libc.connect(0, b"\x02\0" + b"\0" * 14, 16) == -1 and ctypes.get_errno() == errno.ENOTSOCK
# A socket that was connected, dissolved, and connected elsewhere.
s = socket.socket()
s.connect(("127.0.0.1", echo))
if dissolves:
    assert raw(s, b"\0" * 16) == 0
    assert s.connect_ex(("127.0.0.1", echo)) == 0
else:
    assert raw(s, b"\0" * 16) == errno.EOPNOTSUPP
    assert s.connect_ex(("127.0.0.1", echo)) == errno.EISCONN
s.send(b"y")
assert s.recv(1) == b"y"
print("done")
