"""A listener's life. Argument: a port. Every refusal is to come at once, as natively."""
import errno, os, socket, sys, threading, time

port = int(sys.argv[1])
HERE = ("127.0.0.1", port)

def listener(address="127.0.0.1"):
    l = socket.socket()
    l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    l.bind((address, port))
    l.listen(8)
    return l

def refused():
    with socket.socket() as s:
        return s.connect_ex(HERE) == errno.ECONNREFUSED

def served(l):
    with socket.socket() as s:
        s.connect(HERE)
        c, _ = l.accept()
        c.sendall(b"x")
        ok = s.recv(1) == b"x"
        c.close()
        return ok

l = listener()
assert served(l)
l.close()
assert refused(), "closed"
for address in "127.0.0.1", "0.0.0.0", "127.0.0.1":
    l = listener(address)
    assert served(l)
    l.close()
    assert refused(), "closed at " + address
# Shut down and made to listen again.
l = listener()
l.shutdown(socket.SHUT_RDWR)
assert refused(), "shut down"
l.listen(8)
assert served(l), "listens again"
# A child goes on when its parent closes.
r, w = os.pipe()
if os.fork() == 0:
    os.close(w)
    os.read(r, 1)
    os._exit(0)
l2 = l.dup()
l.close()
assert served(l2), "the duplicate"
l2.close()
with socket.socket() as s:
    assert s.connect_ex(HERE) == 0, "the child's"
os.close(w)
os.wait()
assert refused(), "the child's, closed"
# Handed on.
a, b = socket.socketpair()
l = listener()
socket.send_fds(a, [b"x"], [l.fileno()])
l.close()
_, fds, _, _ = socket.recv_fds(b, 1, 1)
l = socket.socket(fileno=fds[0])
assert served(l), "handed on"
l.close()
assert refused(), "handed on, closed"
# Closed while a thread waits in accept: the thread gets one more connection, then nobody listens.
l = listener()
got = []
fd = l.fileno()
t = threading.Thread(target=lambda: got.append(l.accept()[0]))
t.start()
time.sleep(0.3)
os.close(fd)
with socket.socket() as s:
    s.connect(HERE)
    t.join()
    got[0].sendall(b"y")
    assert s.recv(1) == b"y"
assert refused(), "accepted once more"
# Shut down while a thread waits.
l2 = listener()
failure = []
def wait():
    try:
        l2.accept()
    except OSError as e:
        failure.append(e.errno)
t = threading.Thread(target=wait)
t.start()
time.sleep(0.3)
l2.shutdown(socket.SHUT_RDWR)
t.join()
assert failure == [errno.EINVAL], failure
l2.close()
l.detach()
# Where a socket without an address is, and where the client's own is.
for asked, told, family in (
    ("0.0.0.0", "127.0.0.1", socket.AF_INET),
    ("::ffff:0.0.0.0", "::ffff:127.0.0.1", socket.AF_INET6),
):
    l = listener("0.0.0.0")
    assert l.getsockname() == ("0.0.0.0", port)
    with socket.socket(family) as s:
        s.connect((asked, port))
        assert s.getpeername()[:2] == (told, port), s.getpeername()
        c, peer = l.accept()
        assert c.getsockname() == ("127.0.0.1", port) and c.getpeername() == peer, (c.getsockname(), peer)
        assert peer[1] == s.getsockname()[1]
        c.close()
    l.close()
# A port of one's own choice.
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    own = free.getsockname()[1]
l = listener()
with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", own))
    s.connect(HERE)
    c, peer = l.accept()
    assert peer == ("127.0.0.1", own) == s.getsockname(), (peer, own, s.getsockname())
print("done")
