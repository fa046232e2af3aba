"""Connections that an accept could not hand over are not lost. Argument: a port; one client is there when "listening" was said."""
import errno, os, resource, select, socket, sys

l = socket.socket()
l.bind(("127.0.0.1", int(sys.argv[1])))
l.listen()
l.setblocking(False)
ep = select.epoll()
ep.register(l, select.EPOLLIN)
print("listening", flush=True)
ep.poll()
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (16, hard))
files = []
try:
    while True:
        files.append(os.dup(0))
except OSError as e:
    assert e.errno == errno.EMFILE
for _ in range(1000):
    try:
        l.accept()
        raise SystemExit("accepted without a free descriptor")
    except OSError as e:
        assert e.errno == errno.EMFILE, e
    assert ep.poll(100), "the connection is no longer announced"
print("called in vain", flush=True)
os.close(files.pop())
s, peer = l.accept()
assert s.getpeername() == peer
s.setblocking(True)
os.close(files.pop())
assert s.recv(5) == b"hello"
s.send(b"hello")
try:
    l.accept()
    raise SystemExit("accepted a second connection")
except BlockingIOError:
    pass
print("done")
