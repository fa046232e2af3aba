"""A server, one connection each by blocking accept, non-blocking accept and edge-triggered epoll. Arguments: address, port; prints what it sees."""
import errno, select, socket, struct, sys

family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
l = socket.socket(family)
ep = select.epoll()
ep.register(l, select.EPOLLIN | select.EPOLLET)  # before listen
l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
l.bind((sys.argv[1], int(sys.argv[2])))
assert l.getsockname()[:2] == (sys.argv[1], int(sys.argv[2])), l.getsockname()
l.listen(5)
assert l.getsockname()[:2] == (sys.argv[1], int(sys.argv[2])), l.getsockname()
print("listening", flush=True)

def serve(how, s, peer):
    assert s.getpeername() == peer, (s.getpeername(), peer)
    print(how, peer[0].replace("::ffff:", ""), peer[1], s.getsockname()[1], flush=True)
    while data := s.recv(1000):
        s.sendall(data)
    s.close()

s, peer = l.accept()
serve("blocking", s, peer)
l.setblocking(False)
try:
    l.accept()
    raise SystemExit("accepted nothing")
except BlockingIOError:
    print("nobody yet", flush=True)
select.select([l], [], [])
s, peer = l.accept()
s.setblocking(True)
serve("select", s, peer)
while not any(fd == l.fileno() for fd, _ in ep.poll(5)):
    pass
while True:
    try:
        s, peer = l.accept()
        break
    except BlockingIOError:
        ep.poll(5)
s.setblocking(True)
serve("epoll", s, peer)
l.setblocking(True)
l.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("qq", 0, 100000))
try:
    l.accept()
    raise SystemExit("accepted nothing")
except BlockingIOError:
    print("timed out", flush=True)
l.close()
# The port is free at once.
l = socket.socket(family)
l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
l.bind((sys.argv[1], int(sys.argv[2])))
l.listen(5)
print("listening again", flush=True)
s, peer = l.accept()
serve("again", s, peer)
