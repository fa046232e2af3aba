"""A Unix listener that is closed: the next connect is refused at once, as natively. Argument: a path."""
import errno, os, socket, sys

path = sys.argv[1]

def listener():
    l = socket.socket(socket.AF_UNIX)
    l.bind(path)
    l.listen(8)
    return l

def refused():
    with socket.socket(socket.AF_UNIX) as s:
        return s.connect_ex(path) == errno.ECONNREFUSED

def served(l):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        c, _ = l.accept()
        c.sendall(b"x")
        ok = s.recv(1) == b"x"
        c.close()
        return ok

for _ in range(20):
    l = listener()
    assert served(l)
    l.close()
    assert refused(), "closed"
    os.unlink(path)
# A duplicate keeps it.
l = listener()
l2 = l.dup()
l.close()
assert served(l2), "the duplicate"
l2.close()
assert refused(), "the duplicate, closed"
os.unlink(path)
print("done")
