"""A service with a loopback address of its own. Arguments: own address, port, another for both families, name of the service."""
import errno, os, socket, sys

own, port, port6, name = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4].encode()

def refused(family, address, v6only=False):
    s = socket.socket(family)
    if v6only:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        s.bind((address, port6))
        raise SystemExit("bound " + address)
    except OSError as e:
        assert e.errno == errno.EADDRNOTAVAIL, e

refused(socket.AF_INET, "127.0.0.5")
refused(socket.AF_INET6, "::", True)
refused(socket.AF_INET6, "::1", True)
l6 = socket.socket(socket.AF_INET6)
l6.bind(("::", port6))
assert l6.getsockname()[:2] == ("::", port6), l6.getsockname()
l6.listen()
c = socket.create_connection(("::1", port6))
assert c.getpeername()[:2] == ("::1", port6), c.getpeername()
a, peer = l6.accept()
c.send(b"6")
assert a.recv(1) == b"6"

l = socket.socket()
l.bind(("0.0.0.0", port))
assert l.getsockname() == ("0.0.0.0", port), l.getsockname()
l.listen(5)
c = socket.create_connection(("127.0.0.1", port))
assert c.getpeername() == ("127.0.0.1", port), c.getpeername()
a, peer = l.accept()
assert a.getpeername() == c.getsockname() == peer, (a.getpeername(), c.getsockname())
c.close(), a.close()
anyport = socket.socket()
anyport.bind(("127.0.0.1", 0))
anyport.listen()
assert anyport.getsockname()[0] == "127.0.0.1" and anyport.getsockname()[1] > 0
socket.create_connection(anyport.getsockname())
anyport.accept()
# Everything else on 127/8 is somebody else's and stays what it is.
print("listening", flush=True)
a, peer = l.accept()
a.sendall(name)
a.close()
print("done")
