"""A Unix client as it sees itself. Arguments: a folder. There is a server at "s" that tells how many bytes it got, a plain file "file", nothing at "missing" and something without a rule at "other"."""
import errno, os, select, socket, struct, sys

folder = sys.argv[1]
path = folder + "/s"

def connect(to, expected, s=None, blocking=True):
    s = s or socket.socket(socket.AF_UNIX)
    s.setblocking(blocking)
    got = s.connect_ex(to)
    assert got == expected, (to, errno.errorcode.get(got, got))
    return s

def count(s, n):
    s.setblocking(True)
    s.sendall(b"x" * n)
    s.shutdown(socket.SHUT_WR)
    assert int(s.makefile().read()) == n

s = socket.socket(socket.AF_UNIX)
connect(folder + "/missing", errno.ENOENT, s)
connect(folder + "/file", errno.ECONNREFUSED, s)
connect(folder + "/other", errno.EACCES, s)
connect(folder + "/link", errno.EACCES, s)
connect(path, 0, s)  # the same socket, after four failures
assert s.getpeername() == path, s.getpeername()
assert s.getsockname() == "", s.getsockname()
assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
connect(path, errno.EISCONN, s)
pid, uid, gid = struct.unpack("3i", s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
assert (pid, uid, gid) == (0, 65534, 65534), (pid, uid, gid)
count(s, 1)
os.chdir(folder)
s = connect("s", 0)
assert s.getpeername() == "s", s.getpeername()
count(s, 300000)
s = connect("./sub/../s", 0, blocking=False)
ep = select.epoll()
ep.register(s, select.EPOLLOUT | select.EPOLLIN | select.EPOLLET)
assert ep.poll(10) == [(s.fileno(), select.EPOLLOUT)]
count(s, 20)
seq = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
connect(path, errno.EPROTOTYPE, seq)
if os.getuid() == 0:
    os.chmod(folder + "/s", 0o700)
    if os.fork() == 0:
        os.setgroups([])
        os.setgid(12345)
        os.setuid(12345)
        connect(path, errno.EACCES)
        os._exit(0)
    assert os.wait()[1] == 0
# fork after connect: both sides use it
s = connect(path, 0)
if os.fork() == 0:
    s.sendall(b"y" * 1000)
    os._exit(0)
assert os.wait()[1] == 0
s.sendall(b"z" * 500)
s.shutdown(socket.SHUT_WR)
assert int(s.makefile().read()) == 1500
print("done")
