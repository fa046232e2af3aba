"""Connects to one address in every way. Arguments: address (with %scope), port, secured or plain."""
import errno, select, socket, sys

address, port = sys.argv[1], int(sys.argv[2])
info = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]

SO_PEERNAME = 28

def may_undo_it():
    with open("/proc/self/status") as status:
        effective = next(line for line in status if line.startswith("CapEff:")).split()[1]
    return int(effective, 16) >> 13 & 1 == 1

def echo(s):
    assert s.getpeername()[:2] == info[4][:2], (s.getpeername(), info[4])
    name = s.getsockopt(socket.SOL_SOCKET, SO_PEERNAME, 16)
    assert name[2:4] == port.to_bytes(2, "big"), name
    if info[0] == socket.AF_INET:
        assert name[4:8] == socket.inet_aton(info[4][0]), name
    try:
        s.getsockopt(socket.SOL_SOCKET, SO_PEERNAME, 100)
        raise SystemExit("a name longer than it is")
    except OSError as e:
        assert e.errno == errno.EINVAL, e
    s.sendall(b"hello")
    assert s.recv(5) == b"hello"
    s.close()

s = socket.socket(info[0])
s.connect(info[4])
echo(s)
s = socket.socket(info[0])
s.setblocking(False)
assert s.connect_ex(info[4]) == errno.EINPROGRESS
select.select([], [s], [])
assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
s.setblocking(True)
echo(s)
# Bound to that address first. A link-local one binds the socket to its interface, which takes CAP_NET_RAW to undo; from
# that address no gate is reached either way.
s = socket.socket(info[0])
s.bind(info[4][:1] + (0,) + info[4][2:])
if sys.argv[3] == "secured" and "%" in address:
    expected = (errno.ENETUNREACH, errno.ECONNABORTED) if may_undo_it() else (errno.EPERM,)
    assert s.connect_ex(info[4]) in expected
else:
    s.connect(info[4])
    assert s.getsockname()[0].split("%")[0] == info[4][0].split("%")[0], s.getsockname()
    echo(s)
if info[0] == socket.AF_INET:
    s = socket.socket(socket.AF_INET6)
    s.connect(("::ffff:" + address, port))
    assert s.getpeername()[0] == "::ffff:" + address
    s.sendall(b"hello")
    assert s.recv(5) == b"hello"
# Nobody there.
s = socket.socket(info[0])
assert s.connect_ex(info[4][:1] + (1,) + info[4][2:]) == errno.ECONNREFUSED
print("done")
