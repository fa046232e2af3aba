"""Two workers with a listening socket each on one port (SO_REUSEPORT). Argument: a port."""
import os, socket, sys

def say(line):
    # In one call: both processes may speak at once.
    os.write(1, (line + "\n").encode())

def listen():
    l = socket.socket()
    l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    l.bind(("127.0.0.1", int(sys.argv[1])))
    l.listen()
    return l

mine = listen()
child = os.fork()
if child == 0:
    mine.close()
    mine = listen()
    say("two")
else:
    say("one")
for _ in range(2):
    s, _ = mine.accept()
    s.send(b"child" if child == 0 else b"parent")
    s.close()
if child:
    assert os.wait()[1] == 0
    print("done")
