"""Clients that connect all at once and wait to be served. Says how many are connected when there are at least so many as it is told, and no more have come for two seconds. Arguments: a port or the path of a Unix socket, how many clients, the numbers to wait for."""
import socket, sys, threading

where, clients = sys.argv[1], int(sys.argv[2])
changed = threading.Condition()
connected = served = 0

def client():
    global connected, served
    unix = where.startswith("/")
    s = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
    s.connect(where if unix else ("127.0.0.1", int(where)))
    with changed:
        connected += 1
        changed.notify_all()
    assert s.recv(1) == b"x"
    with changed:
        served += 1
        changed.notify_all()

for _ in range(clients):
    threading.Thread(target=client, daemon=True).start()
with changed:
    for number in map(int, sys.argv[3:]):
        changed.wait_for(lambda: connected >= number)
        now = -1
        while now != connected:
            now = connected
            changed.wait_for(lambda: connected != now, 2)
        print("connected", connected, flush=True)
    changed.wait_for(lambda: served == clients)
print("all served", flush=True)
