"""Echoes on every connection, many at once. Arguments: a port, or the path of a Unix socket; the second, if any, a listen backlog."""
import os, socket, sys, threading

where = sys.argv[1]
backlog = int(sys.argv[2]) if len(sys.argv) > 2 else 128
if where.startswith("/"):
    l = socket.socket(socket.AF_UNIX)
    l.bind(where)
else:
    l = socket.socket()
    l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    l.bind(("127.0.0.1", int(where)))
l.listen(backlog)
print("listening", flush=True)

def serve(s):
    try:
        while data := s.recv(65536):
            s.sendall(data)
        s.close()
    except ConnectionError:
        print("reset", flush=True)

while True:
    s, _ = l.accept()
    threading.Thread(target=serve, args=(s,), daemon=True).start()
