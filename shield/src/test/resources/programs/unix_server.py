"""A Unix server as it sees itself. Arguments: the path, how many connections to serve; each is read to its end, and then told how many bytes there were."""
import os, select, socket, stat, struct, sys

path, count = sys.argv[1], int(sys.argv[2])
l = socket.socket(socket.AF_UNIX)
ep = select.epoll()
ep.register(l, select.EPOLLIN | select.EPOLLET)  # before bind and listen
os.umask(0o027)
open(path, "w").close()  # stale
try:
    l.bind(path)
    raise SystemExit("bound over a file")
except OSError as e:
    assert e.strerror == "Address already in use", e
os.unlink(path)
l.bind(path)
mode = os.stat(path).st_mode
assert stat.S_ISSOCK(mode) and mode & 0o777 == 0o750, oct(mode)
assert os.stat(path).st_uid == os.getuid()
assert l.getsockname() == path, l.getsockname()
os.chmod(path, 0o777)
l.listen(5)
l.setblocking(False)
print("listening", flush=True)
served = 0
while served < count:
    ep.poll()
    while True:
        try:
            s, peer = l.accept()
        except BlockingIOError:
            break
        assert peer == "", peer
        assert s.getpeername() == "", s.getpeername()
        assert s.getsockname() == path, s.getsockname()
        pid, uid, gid = struct.unpack("3i", s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        assert (pid, uid, gid) == (0, 65534, 65534), (pid, uid, gid)
        s.setblocking(True)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        total = 0
        while True:
            data, ancillary, _, _ = s.recvmsg(65536, 100)
            if not data:
                break
            total += len(data)
            for _, kind, sender in ancillary:
                # The shield says so where it may.
                told = struct.unpack("3i", sender)[1:]
                assert kind == socket.SCM_CREDENTIALS and told == (65534, 65534) or os.getuid() != 0, (kind, told)
        s.sendall(b"%d" % total)
        s.close()
        served += 1
        print("served", total, "uid", uid, flush=True)
l.close()
assert os.path.exists(path)  # as without a shield
os.unlink(path)
l = socket.socket(socket.AF_UNIX)
l.bind(path)
l.listen()
print("listening again", flush=True)
s, _ = l.accept()
s.sendall(b"again")
s.close()
