"""The names by which Unix sockets know each other. Arguments: a folder in which everything may be bound and reached,
and whether a thread of the shield may have a working directory of its own."""
import os, socket, sys

folder, own_directory = sys.argv[1], sys.argv[2] == "true"


def bound(name, kind=socket.SOCK_DGRAM):
    s = socket.socket(socket.AF_UNIX, kind)
    s.bind(name)
    assert s.getsockname() == name, s.getsockname()
    return s


def talk(server, client, expected):
    """The server answers whoever has sent, by the name that it sees."""
    client.sendto(b"question", server.getsockname())
    data, sender = server.recvfrom(100)
    assert sender == expected, sender
    server.sendto(b"answer", sender)
    assert client.recv(100) == b"answer"


server = bound(folder + "/server")
talk(server, bound(folder + "/client"), folder + "/client")
os.mkdir(folder + "/sub")
talk(server, bound(folder + "/sub/./client"), folder + "/sub/./client")
listener = bound(folder + "/listener", socket.SOCK_STREAM)
listener.listen()
caller = bound(folder + "/caller", socket.SOCK_STREAM)
caller.connect(folder + "/listener")
assert listener.accept()[1] == folder + "/caller"
try:
    bound(folder + "/server")
    sys.exit("bound twice")
except OSError as e:
    assert e.strerror == "Address already in use", e
os.chdir(folder)
if own_directory:
    talk(bound("here"), bound("there"), "there")
    if os.getuid() == 0:
        os.makedirs("root/inner")
        os.chroot("root")
        os.chdir("/inner")
        talk(bound("/server"), bound("/inner/client"), "/inner/client")
        talk(bound("near"), bound("far"), "far")
print("done")
