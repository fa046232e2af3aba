"""Dissolves sockets of every kind (connect to AF_UNSPEC) and uses them again; prints what came of it, for comparison.

Arguments: two echo ports, the second a protected one under the shield; two ports whose connects hang, likewise; two
free ports to listen at, likewise; a folder.
"""
import ctypes, errno, select, socket, sys

libc = ctypes.CDLL(None, use_errno=True)
plain, secured, slow, slow_secured, listen, listen_secured = map(int, sys.argv[1:7])
folder = sys.argv[7]
HERE = "127.0.0.1"
HERE6 = "::ffff:127.0.0.1"
IP_BIND_ADDRESS_NO_PORT = 24
socket.setdefaulttimeout(None)


def name(error):
    return errno.errorcode[error] if error else "ok"


def dissolve(s, length=16):
    data = bytes(128)
    done = libc.connect(s.fileno(), data, length)
    return name(0 if done == 0 else ctypes.get_errno())


def attempt(call, *arguments):
    try:
        result = call(*arguments)
        return "ok" if result is None else result
    except OSError as e:
        return name(e.errno)


def place(of):
    """An address without the numbers that chance picks."""
    ports = {plain: "echo", secured: "echo", listen: "listen", listen_secured: "listen", 0: "none"}
    return "%s port %s" % (of[0], ports.get(of[1], "some"))


def names(s):
    peer = attempt(s.getpeername)
    return "%s -> %s" % (place(s.getsockname()), peer if isinstance(peer, str) else place(peer))


def talk(s, host, port):
    s.setblocking(True)
    result = name(s.connect_ex((host, port)))
    if result == "ok":
        result = attempt(s.send, b"y")
        result = attempt(s.recv, 1)
        s.close()
    return result


def tell(what, s, host=HERE, again=plain):
    print(what, "|", dissolve(s), "|", names(s), "|", name(s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)), "|",
          talk(s, host, again), flush=True)


def fresh(family=socket.AF_INET):
    return socket.socket(family)


def connected(port, host=HERE, family=socket.AF_INET):
    s = fresh(family)
    s.connect((host, port))
    return s


tell("fresh", fresh())
tell("fresh IPv6", fresh(socket.AF_INET6), HERE6)
for length in 0, 1, 2, 8, 15, 28, 128:
    s = fresh()
    print("length", length, dissolve(s, length), talk(s, HERE, plain))

s = fresh()
s.bind((HERE, 0))
tell("bound", s)
s = fresh()
s.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
s.bind((HERE, 0))
tell("bound without a port", s)

# A connection, plain or protected, then one of the other kind.
for label, port, other in ("plain", plain, secured), ("protected", secured, plain):
    tell(label + " connection", connected(port), again=other)
    tell(label + " connection, then the same", connected(port), again=port)
    tell(label + " connection over IPv6", connected(port, HERE6, socket.AF_INET6), HERE6, other)
    s = fresh()
    s.bind((HERE, 0))
    s.connect((HERE, port))
    tell(label + " connection from a bound port", s, again=other)
    s = fresh()
    s.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    s.bind((HERE, 0))
    print("late port:", s.getsockname()[1] == 0, name(s.connect_ex((HERE, port))), s.getsockname()[1] != 0)
    tell(label + " connection from a late port", s, again=other)
    s = connected(port)
    s.setblocking(False)
    tell(label + " connection that does not wait", s, again=other)
    s = connected(port)
    copy = s.dup()
    tell(label + " connection with a duplicate", s, again=other)
    print("the duplicate:", attempt(copy.send, b"x"))

# One that is under way.
for label, port, other in ("plain", slow, secured), ("protected", slow_secured, plain):
    s = fresh()
    s.setblocking(False)
    print(label, name(s.connect_ex((HERE, port))))
    tell(label + " connect under way", s, again=other)

# Listeners, and what they have accepted.
for label, port in ("plain", listen), ("protected", listen_secured):
    s = fresh()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((HERE, port))
    s.listen(5)
    print(label, "listener |", dissolve(s), "|", place(s.getsockname()), "|", attempt(s.accept))
    print("listens again:", attempt(s.listen, 5), attempt(s.getsockopt, socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    s.close()

# Unix stream sockets cannot be dissolved.
ear = socket.socket(socket.AF_UNIX)
ear.bind(folder + "/ear")
ear.listen(5)
s = socket.socket(socket.AF_UNIX)
print("Unix, fresh:", dissolve(s), dissolve(s, 2), dissolve(s, 110))
s.connect(folder + "/ear")
print("Unix, connected:", dissolve(s), dissolve(s, 2), attempt(s.send, b"x"))
print("Unix, listening:", dissolve(ear), attempt(ear.accept)[0].recv(1))
one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
print("Unix, pair:", dissolve(one), attempt(one.send, b"x"), other.recv(1))
print("done")
