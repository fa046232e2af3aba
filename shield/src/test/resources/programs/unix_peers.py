"""Who is at the other end of a Unix socket. Arguments: a folder, and `others` where users may be changed."""
import array, os, socket, struct, sys, time

folder, others = sys.argv[1], "others" in sys.argv
SO_PEERGROUPS, SO_PEERPIDFD = 59, 77
KINDS = [(kind, name) for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET) for name in ("%s/peers-%d-%d", "\0%s/peers-%d-%d")]


def cred(s):
    return struct.unpack("3i", s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))


def groups(s):
    listed = s.getsockopt(socket.SOL_SOCKET, SO_PEERGROUPS, 400)
    return list(struct.unpack("%dI" % (len(listed) // 4), listed))


def pidfd(s):
    """The process behind SO_PEERPIDFD; None on kernels that have no such thing (before 6.5)."""
    try:
        fd = s.getsockopt(socket.SOL_SOCKET, SO_PEERPIDFD)
    except OSError as e:
        return None if e.strerror == "Protocol not available" else e.strerror
    try:
        assert not os.get_inheritable(fd)
        with open("/proc/self/fdinfo/%d" % fd) as told:
            return next(int(line.split()[1]) for line in told if line.startswith("Pid:"))
    finally:
        os.close(fd)


def in_child(work):
    """Runs `work` in another process; its exit code must be 0. Returns the process."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as e:
            print("child:", repr(e), flush=True)
            os._exit(1)
    return child


def good(child):
    assert os.waitpid(child, 0)[1] == 0


def check(s, pid, uid=os.getuid(), gid=os.getgid(), of=None):
    assert cred(s) == (pid, uid, gid), (cred(s), (pid, uid, gid))
    assert pidfd(s) in (None, pid), (pidfd(s), pid)
    # A shorter room gets a part, a longer one no more than there is.
    assert s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 4) == struct.pack("i", pid)
    assert len(s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 64)) == 12
    if of is not None:
        assert groups(s) == of, groups(s)


def both_ends(kind, name, blocking):
    l = socket.socket(socket.AF_UNIX, kind)
    l.bind(name)
    l.listen(5)
    server = os.getpid()

    def client():
        c = socket.socket(socket.AF_UNIX, kind)
        c.setblocking(blocking)
        c.connect(name)
        c.setblocking(True)
        check(c, server)
        c.send(b"?")
        assert c.recv(1) == b"!"
        check(c, server)

    child = in_child(client)
    s, _ = l.accept()
    check(s, child)
    assert s.recv(1) == b"?"
    check(s, child)
    # An end that a further process got has the same peer.
    good(in_child(lambda: check(s, child)))
    s.send(b"!")
    good(child)
    check_ended(s, child)
    return l


def check_ended(s, pid):
    """A process that has ended is told as before; what its pidfd is depends on the kernel."""
    assert cred(s)[0] == pid, (cred(s), pid)


def closed_before_it_is_accepted(l, kind, name):
    def client():
        c = socket.socket(socket.AF_UNIX, kind)
        c.connect(name)
        c.send(b"bye")

    children = [in_child(client) for _ in range(4)]
    for child in children:
        good(child)
    time.sleep(1.2)
    seen = set()
    for _ in children:
        s, _ = l.accept()
        seen.add(cred(s)[0])
        assert s.recv(9) == b"bye"
        assert s.recv(9) == b""
    assert seen == set(children), (seen, children)


def passed_on(l, kind, name):
    """A connection that was handed over with SCM_RIGHTS, and closed where it was accepted."""
    a, b = socket.socketpair()
    c = socket.socket(socket.AF_UNIX, kind)
    c.connect(name)
    s, _ = l.accept()

    def taker():
        a.close()
        _, ancillary, _, _ = b.recvmsg(1, socket.CMSG_LEN(4))
        got = socket.socket(fileno=array.array("i", ancillary[0][2])[0])
        time.sleep(1.5)
        check(got, os.getppid())

    child = in_child(taker)
    a.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [s.fileno()]))])
    s.close()
    good(child)
    check(c, os.getpid())


def listened_by_another(kind, name):
    l = socket.socket(socket.AF_UNIX, kind)
    l.bind(name)
    child = in_child(lambda: l.listen(5))
    good(child)
    c = socket.socket(socket.AF_UNIX, kind)
    c.connect(name)
    assert cred(c)[0] == child, (cred(c), child)
    l.listen(5)
    d = socket.socket(socket.AF_UNIX, kind)
    d.connect(name)
    assert cred(d)[0] == os.getpid()


def become(uid, gid, extra):
    os.setgroups(extra)
    os.setgid(gid)
    os.setuid(uid)


def of_another_user(kind, name):
    """The ids are those of whoever connects and listens, also where no file is asked."""
    l = socket.socket(socket.AF_UNIX, kind)
    l.bind(name)
    if name[0] == "/":
        os.chmod(name, 0o777)
    l.listen(5)

    def client():
        become(12345, 23456, [34567, 45678])
        c = socket.socket(socket.AF_UNIX, kind)
        c.connect(name)
        check(c, os.getppid(), of=os.getgroups() and None)
        c.recv(1)

    child = in_child(client)
    s, _ = l.accept()
    check(s, child, 12345, 23456, [34567, 45678])
    s.send(b"x")
    good(child)

    def server():
        become(12345, 23456, [34567])
        l.listen(5)

    child = in_child(server)
    good(child)
    c = socket.socket(socket.AF_UNIX, kind)
    c.connect(name)
    assert cred(c) == (child, 12345, 23456), cred(c)
    assert groups(c) == [34567], groups(c)


for number, (kind, pattern) in enumerate(KINDS):
    for blocking in (True, False):
        name = pattern % (folder, number, blocking)
        l = both_ends(kind, name, blocking)
        closed_before_it_is_accepted(l, kind, name)
        passed_on(l, kind, name)
    listened_by_another(kind, pattern % (folder, number, 2))
    if others:
        of_another_user(kind, pattern % (folder, number, 3))

# One name for two sockets: the older one lives on without it.
name = folder + "/again"
old = socket.socket(socket.AF_UNIX)
old.bind(name)
good(in_child(lambda: old.listen(5)))
os.unlink(name)
new = socket.socket(socket.AF_UNIX)
new.bind(name)
new.listen(5)
c = socket.socket(socket.AF_UNIX)
c.connect(name)
assert cred(c)[0] == os.getpid(), cred(c)

a, b = socket.socketpair()
check(a, os.getpid())
unconnected = socket.socket(socket.AF_UNIX)
assert cred(unconnected) == (0, -1, -1), cred(unconnected)
assert cred(socket.socket()) == (0, -1, -1)
try:
    a.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 0)
except OSError:
    raise SystemExit("no room is no error")
print("good")
