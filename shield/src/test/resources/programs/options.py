"""Sets the socket options that change what a socket is or how it connects; prints what came of it, for comparison.

Arguments: two echo ports, the second a protected one under the shield; a free port; a folder.
"""
import ctypes, errno, socket, struct, sys

libc = ctypes.CDLL(None, use_errno=True)
plain, secured, listen = map(int, sys.argv[1:4])
folder = sys.argv[4]
HERE = "127.0.0.1"
HERE6 = "::ffff:127.0.0.1"
MSG_FASTOPEN = 0x20000000
SOL_TLS = 282

ON = struct.pack("i", 1)
SEGMENTS = bytes([0, 4, 4, 1, 1, 0, 0, 0]) + socket.inet_pton(socket.AF_INET6, "::1") * 2
ROUTE_IN_MESSAGE = struct.pack("Qii", 16 + len(SEGMENTS), socket.IPPROTO_IPV6, 57) + SEGMENTS
# One instruction that lets everything through (BPF_RET).
everything = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0xFFFFFFFF))
FILTER = struct.pack("HxxxxxxQ", 1, ctypes.addressof(everything))

OPTIONS = [
    ("SO_ATTACH_FILTER", socket.SOL_SOCKET, 26, FILTER),
    ("SO_DETACH_FILTER", socket.SOL_SOCKET, 27, ON),
    ("SO_ATTACH_BPF of no program", socket.SOL_SOCKET, 50, ON),
    ("SO_ATTACH_REUSEPORT_CBPF", socket.SOL_SOCKET, 51, FILTER),
    ("SO_ATTACH_REUSEPORT_EBPF of no program", socket.SOL_SOCKET, 52, ON),
    ("SO_BINDTODEVICE", socket.SOL_SOCKET, 25, b"lo\0"),
    ("SO_BINDTODEVICE of nothing", socket.SOL_SOCKET, 25, b""),
    ("SO_ZEROCOPY", socket.SOL_SOCKET, 60, ON),
    ("IP_FREEBIND", socket.IPPROTO_IP, 15, ON),
    ("IP_BIND_ADDRESS_NO_PORT", socket.IPPROTO_IP, 24, ON),
    ("IP_TRANSPARENT", socket.IPPROTO_IP, 19, ON),
    ("IP_OPTIONS: a source route", socket.IPPROTO_IP, 4, bytes([131, 7, 4, 127, 0, 0, 1, 1])),
    ("IP_OPTIONS: none", socket.IPPROTO_IP, 4, b""),
    ("IPV6_RTHDR", socket.IPPROTO_IPV6, 57, SEGMENTS),
    ("IPV6_RTHDR: none", socket.IPPROTO_IPV6, 57, b""),
    ("IPV6_2292PKTOPTIONS", socket.IPPROTO_IPV6, 6, ROUTE_IN_MESSAGE),
    ("IPV6_TRANSPARENT", socket.IPPROTO_IPV6, 75, ON),
    ("TCP_NODELAY", socket.IPPROTO_TCP, 1, ON),
    ("TCP_DEFER_ACCEPT", socket.IPPROTO_TCP, 9, ON),
    ("TCP_CONGESTION", socket.IPPROTO_TCP, 13, b"reno"),
    ("TCP_REPAIR", socket.IPPROTO_TCP, 19, ON),
    ("TCP_REPAIR off", socket.IPPROTO_TCP, 19, bytes(4)),
    ("TCP_FASTOPEN", socket.IPPROTO_TCP, 23, ON),
    ("TCP_FASTOPEN_CONNECT", socket.IPPROTO_TCP, 30, ON),
    ("TCP_FASTOPEN_CONNECT off", socket.IPPROTO_TCP, 30, bytes(4)),
    ("TCP_ULP of nobody", socket.IPPROTO_TCP, 31, b"nobody"),
    ("SOL_TLS", SOL_TLS, 1, bytes(40)),
]

# Where these are taken the connection is none any more.
MUTE = ["IP_OPTIONS: a source route", "IPV6_RTHDR", "TCP_REPAIR"]


def name(error):
    return errno.errorcode[error] if error else "ok"


def set_option(s, level, option, value):
    done = libc.setsockopt(s.fileno(), level, option, value, len(value))
    return name(0 if done == 0 else ctypes.get_errno())


def talk(s):
    s.setblocking(True)
    s.send(b"y")
    return s.recv(1)


def connected(port, host=HERE, family=socket.AF_INET):
    s = socket.socket(family)
    s.connect((host, port))
    return s




KINDS = [
    ("fresh", lambda: socket.socket()),
    ("fresh IPv6", lambda: socket.socket(socket.AF_INET6)),
    ("plain connection", lambda: connected(plain)),
    ("protected connection", lambda: connected(secured)),
    ("protected connection over IPv6", lambda: connected(secured, HERE6, socket.AF_INET6)),
    ("Unix", lambda: socket.socket(socket.AF_UNIX)),
]
for kind, make in KINDS:
    for what, level, option, value in OPTIONS:
        s = make()
        print("%s: %s: %s" % (kind, what, set_option(s, level, option, value)))
        if "connection" in kind and what not in MUTE:
            assert talk(s) == b"y", (kind, what)
        s.close()


# MSG_FASTOPEN in each of the calls; then the socket connects as if nothing had been.
class Message(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("length", ctypes.c_uint), ("parts", ctypes.c_void_p),
                ("count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("room", ctypes.c_size_t),
                ("flags", ctypes.c_int), ("sent", ctypes.c_uint)]


class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_char_p), ("length", ctypes.c_size_t)]


def address(family, port):
    if family == socket.AF_INET:
        return struct.pack("=H", family) + struct.pack(">H", port) + socket.inet_aton(HERE) + bytes(8)
    return (struct.pack("=H", family) + struct.pack(">HI", port, 0) + socket.inet_pton(family, HERE6) + bytes(4))


for family, host in (socket.AF_INET, HERE), (socket.AF_INET6, HERE6):
    for label, port in ("plain", plain), ("protected", secured):
        to = address(family, port)
        part = Part(b"y", 1)
        for call in "sendto", "sendmsg", "sendmmsg":
            s = socket.socket(family)
            message = Message(to, len(to), ctypes.addressof(part), 1, None, 0, 0, 0)
            done = {
                "sendto": lambda: libc.sendto(s.fileno(), b"y", 1, MSG_FASTOPEN, to, len(to)),
                "sendmsg": lambda: libc.sendmsg(s.fileno(), ctypes.byref(message), MSG_FASTOPEN),
                "sendmmsg": lambda: libc.sendmmsg(s.fileno(), ctypes.byref(message), 1, MSG_FASTOPEN),
            }[call]()
            print("MSG_FASTOPEN", label, socket.AddressFamily(family).name, call + ":",
                  "ok" if done == 1 else name(ctypes.get_errno()))
            if done != 1:
                s.connect((host, port))
                assert talk(s) == b"y"
            s.close()

# From a local address whose port comes late: the peer sees what the program sees.
for label, port in ("plain", plain), ("protected", secured):
    s = socket.socket()
    s.setsockopt(socket.IPPROTO_IP, 24, 1)
    s.bind(("127.0.0.1", 0))
    before = s.getsockname()
    s.connect((HERE, port))
    print("a late port,", label, before, s.getsockname()[0], s.getsockname()[1] != 0, talk(s))
    try:
        s.bind(("127.0.0.1", 0))
    except OSError as e:
        print("bound again:", name(e.errno))
    s.close()
s = socket.socket()
s.setsockopt(socket.IPPROTO_IP, 24, 1)
s.bind(("127.0.0.1", listen))
print("a late port that is asked for by its number:", s.getsockname()[1] == listen)
s.close()

def raw_name(call, s):
    room = ctypes.create_string_buffer(128)
    length = ctypes.c_uint(128)
    assert call(s.fileno(), room, ctypes.byref(length)) == 0
    family, port = struct.unpack("=H", room.raw[:2])[0], struct.unpack(">H", room.raw[2:4])[0]
    four = family == socket.AF_INET
    assert length.value == (16 if four else 28)
    return socket.inet_ntop(family, room.raw[4:8] if four else room.raw[8:24]), port


# An IPv6 socket that becomes an IPv4 one.
for label, port in ("plain", plain), ("protected", secured):
    s = connected(port, HERE6, socket.AF_INET6)
    print("IPV6_ADDRFORM,", label, set_option(s, socket.IPPROTO_IPV6, 1, struct.pack("i", socket.AF_INET)))
    four = socket.socket(socket.AF_INET, fileno=s.detach())
    own, peer = raw_name(libc.getsockname, four), raw_name(libc.getpeername, four)
    print("%s, now IPv4:" % label, own[0], own[1] != 0, peer[0], peer[1] == port, talk(four))
    print("connected again:", name(four.connect_ex((HERE, port))))
    four.close()
    s = socket.socket(socket.AF_INET6)
    print("fresh:", set_option(s, socket.IPPROTO_IPV6, 1, struct.pack("i", socket.AF_INET)))
    s.connect((HERE6, port))
    print(talk(s))
    s.close()

# What does not listen.
for what, s in [("TCP", socket.socket()), ("Unix", socket.socket(socket.AF_UNIX)),
                ("netlink", socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))]:
    try:
        s.accept()
    except OSError as e:
        print("accept of", what, name(e.errno))
print("done")
