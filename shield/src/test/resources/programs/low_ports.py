"""Ports that need a capability, for a program of root's that has become somebody else. Arguments: two low ports, and `others` where
users may be changed."""
import errno, os, socket, sys

ports = [int(word) for word in sys.argv[1:3]]


def attempt(family, address, kind=socket.SOCK_STREAM):
    s = socket.socket(family, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        s.bind(address)
        if kind == socket.SOCK_STREAM:
            s.listen(1)
        return 0
    except OSError as e:
        return e.errno
    finally:
        s.close()


def attempts(port):
    return [
        attempt(socket.AF_INET, ("127.0.0.1", port)),
        attempt(socket.AF_INET6, ("::1", port)),
        attempt(socket.AF_INET, ("127.0.0.1", port), socket.SOCK_DGRAM),
    ]


def client_from(port):
    l = socket.socket()
    l.bind(("127.0.0.1", 0))
    l.listen(1)
    c = socket.socket()
    try:
        c.bind(("127.0.0.1", port))
        return c.connect_ex(l.getsockname())
    except OSError as e:
        return e.errno


first = int(open("/proc/sys/net/ipv4/ip_unprivileged_port_start").read())
assert max(ports) < first, (ports, first)
if os.getuid() == 0:
    for port in ports:
        assert attempts(port) == [0, 0, 0], (port, attempts(port))
    if "others" in sys.argv:
        os.setgroups([])
        os.setgid(12345)
        os.setuid(12345)
if os.getuid() != 0:
    for port in ports:
        assert attempts(port) == [errno.EACCES] * 3, (port, attempts(port))
        assert client_from(port) == errno.EACCES
    assert attempts(first) == [0, 0, 0], attempts(first)
print("good")
