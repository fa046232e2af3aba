"""Looks names up. Arguments: the name of a rule, its address, a name that nobody has."""
import socket, sys

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
print("done")
