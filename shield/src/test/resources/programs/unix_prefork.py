"""A Unix server whose children accept. Arguments: the path. The parent goes as soon as they are there; each child serves one connection and ends."""
import os, socket, sys

l = socket.socket(socket.AF_UNIX)
l.bind(sys.argv[1])
l.listen()
for i in range(3):
    if os.fork() == 0:
        os.write(1, b"child\n")
        s, _ = l.accept()
        data = s.recv(100)
        s.sendall(data)
        s.recv(1)
        os.write(1, b"served\n")
        os._exit(0)
