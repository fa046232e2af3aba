"""Looks names up. Arguments: the name of a rule, its address, a name that nobody has."""
import ctypes, socket, sys

name, address, nobody = sys.argv[1:]


def found(asked):
    return sorted({entry[4][0] for entry in socket.getaddrinfo(asked, 5432, type=socket.SOCK_STREAM)})


for _ in range(3):
    assert found(name) == [address], found(name)
    assert found(name.upper() + ".") == [address]
    assert socket.gethostbyname(name) == address
    assert "127.0.0.1" in found("localhost")
    try:
        raise SystemExit(found(nobody))
    except socket.gaierror as e:
        assert e.errno == socket.EAI_NONAME, e
try:
    socket.getaddrinfo(name, 5432, family=socket.AF_INET6)
    raise SystemExit("an address of another family")
except socket.gaierror:
    pass
for nameless in ("10.9.9.9", "fd00::9"):
    try:
        raise SystemExit(socket.gethostbyaddr(nameless))
    except socket.herror:
        pass
    assert found(name) == [address], "the C library goes on asking"


class Host(ctypes.Structure):
    """struct hostent of netdb.h"""
    _fields_ = [("name", ctypes.c_char_p), ("aliases", ctypes.c_void_p), ("family", ctypes.c_int), ("length", ctypes.c_int)]


library = ctypes.CDLL("libc.so.6")
library.gethostbyname2.restype = ctypes.POINTER(Host)
host = library.gethostbyname2(name.encode(), socket.AF_INET).contents
assert (host.name, host.family, host.length) == (name.encode(), socket.AF_INET, 4), host.name
print("done")
