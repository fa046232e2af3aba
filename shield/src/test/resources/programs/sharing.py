"""fork, dup and SCM_RIGHTS of one secured connection. Argument: the port."""
import array, os, socket, sys

port = int(sys.argv[1])
s = socket.socket()
s.connect(("127.0.0.1", port))
if os.fork() == 0:
    assert s.getpeername() == ("127.0.0.1", port)
    s.send(b"from the child")
    os._exit(0)
assert os.wait()[1] == 0
assert s.recv(100) == b"from the child"
copy = socket.socket(fileno=os.dup(s.fileno()))
s.close()
assert copy.getpeername() == ("127.0.0.1", port)
a, b = socket.socketpair()
if os.fork() == 0:
    _, ancillary, _, _ = b.recvmsg(1, socket.CMSG_SPACE(4))
    passed = socket.socket(fileno=array.array("i", ancillary[0][2])[0])
    assert passed.getpeername() == ("127.0.0.1", port)
    passed.send(b"passed on")
    os._exit(0)
a.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [copy.fileno()]))])
assert os.wait()[1] == 0
assert copy.recv(100) == b"passed on"
# execve while connected
os.set_inheritable(copy.fileno(), True)
os.execv("/usr/bin/python3", ["python3", "-c", """
import socket, sys
s = socket.socket(fileno=int(sys.argv[1]))
assert s.getpeername() == ("127.0.0.1", int(sys.argv[2]))
s.send(b"after exec")
assert s.recv(100) == b"after exec"
print("done")
""", str(copy.fileno()), str(port)])
