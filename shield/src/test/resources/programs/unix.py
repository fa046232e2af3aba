"""Unix stream sockets. Arguments: a folder; in it "allowed" is a served socket, "refused" another, "own" may be bound."""
import errno, os, socket, struct, sys

folder = sys.argv[1]

def connect(path, expected=0):
    s = socket.socket(socket.AF_UNIX)
    got = s.connect_ex(path)
    assert got == expected, (path, got, os.strerror(got))
    return s

s = connect(folder + "/allowed")
assert s.getpeername() == folder + "/allowed", s.getpeername()
pid, uid, gid = struct.unpack("3i", s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
s.send(b"x")
assert s.recv(1) == b"x"
s = socket.socket(socket.AF_UNIX)
s.setblocking(False)
assert s.connect_ex(folder + "/allowed") == 0
connect(folder + "/refused", errno.EACCES)
connect(folder + "/sub/../refused", errno.EACCES)
connect(folder + "/missing", errno.ENOENT)
connect(folder + "/plainfile", errno.ECONNREFUSED)
connect(folder + "/link", errno.EACCES)
connect("\0abstract", errno.EACCES)
os.chdir(folder)
connect("allowed").close()
connect("./sub/../allowed").close()
connect("refused", errno.EACCES)
l = socket.socket(socket.AF_UNIX)
os.umask(0o077)
l.bind("own")
assert os.stat("own").st_mode & 0o777 == 0o700, oct(os.stat("own").st_mode)
assert l.getsockname() == "own", l.getsockname()
l.listen()
c = connect(folder + "/own")
assert c.getpeername() == "own", c.getpeername()
a, peer = l.accept()
assert peer == "", peer
assert a.getsockname() == "own"
c.send(b"y")
assert a.recv(1) == b"y"
try:
    socket.socket(socket.AF_UNIX).bind(folder + "/other")
    raise SystemExit("bound")
except PermissionError:
    pass
assert not os.path.exists(folder + "/other")
try:
    socket.socket(socket.AF_UNIX).bind("")
    raise SystemExit("bound an abstract name")
except PermissionError:
    pass
if os.getuid() == 0:
    # The supervisor's privileges are not the program's: another user may not connect here.
    os.chmod(folder + "/own", 0o700)
    os.chmod(folder, 0o755)
    if os.fork() == 0:
        os.setgroups([])
        os.setgid(12345)
        os.setuid(12345)
        connect(folder + "/own", errno.EACCES)
        s = socket.socket()
        try:
            s.bind(("127.0.0.1", 81))
            os._exit(1)
        except PermissionError:
            os._exit(0)
    assert os.wait()[1] == 0
    # chroot: paths mean what they mean there.
    if os.fork() == 0:
        os.chroot(folder)
        os.chdir("/")
        connect("/inner", errno.EACCES)
        connect("/allowed-inside").close()
        os._exit(0)
    assert os.wait()[1] == 0
print("done")
