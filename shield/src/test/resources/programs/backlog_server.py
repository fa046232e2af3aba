"""Listens and accepts nobody until it is told to: SIGUSR2 calls listen again, SIGUSR1 begins to accept, in two processes. Arguments: a port or the path of a Unix socket, the backlog, the backlog of the second listen."""
import os, signal, socket, sys

where = sys.argv[1]
orders = {signal.SIGUSR1, signal.SIGUSR2}
signal.pthread_sigmask(signal.SIG_BLOCK, orders)
unix = where.startswith("/")
l = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
if not unix:
    l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
l.bind(where if unix else ("127.0.0.1", int(where)))
l.listen(int(sys.argv[2]))
print("listening", flush=True)
while signal.sigwait(orders) == signal.SIGUSR2:
    l.listen(int(sys.argv[3]))
    print("listening again", flush=True)
os.fork()
while True:
    s, _ = l.accept()
    s.sendall(b"x")
    s.close()
