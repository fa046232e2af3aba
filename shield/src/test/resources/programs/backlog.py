"""How many clients are connected to a server that accepts nobody. Arguments: a port or the path of a Unix socket, the backlog, how many clients try."""
import select, socket, sys

where = sys.argv[1]
family, address = (socket.AF_UNIX, where) if where.startswith("/") else (socket.AF_INET, ("127.0.0.1", int(where)))
l = socket.socket(family)
l.bind(address)
l.listen(int(sys.argv[2]))
clients = [socket.socket(family) for _ in range(int(sys.argv[3]))]
connected = 0
for s in clients:
    s.setblocking(False)
    try:
        s.connect(address)
        connected += 1
    except BlockingIOError:
        connected += bool(select.select([], [s], [], 0)[1]) and family == socket.AF_INET
print(connected)
