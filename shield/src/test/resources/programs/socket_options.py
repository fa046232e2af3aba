"""Sets each option of a table on sockets of its own, on both sides, in every position; prints the value each then has.

Arguments: the table, a port that it may listen at and connect to, a file whose appearance ends it, and `native` or
`shielded`: natively the options that the shield refuses would do what it refuses them for.
Lines: name, position, result of setsockopt (0 or the name of the error), value in hexadecimal, port of the client.
"""
import ast, errno, os, socket, struct, sys, time

table, port, end = sys.argv[1], int(sys.argv[2]), sys.argv[3]
shielded = sys.argv[4] == "shielded"
kept = []

def rows():
    for line in open(table):
        if not line.startswith("#"):
            name, level, number, value, treatment, _ = (field.strip() for field in line.split("|"))
            value = ast.literal_eval("b" + value) if value.startswith('"') else struct.pack("I", int(value))
            if name == "SO_MAX_PACING_RATE":
                value += bytes(4)
            if shielded or treatment in ("carried", "outer", "inner"):
                yield name, int(level), int(number), value

def listener(prepare):
    l = socket.socket()
    l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    prepare(l)
    l.bind(("127.0.0.1", port))
    l.listen(8)
    return l

def connect(prepare=lambda s: None):
    s = socket.socket()
    prepare(s)
    s.connect(("127.0.0.1", port))
    return s

def setting(name, level, number, value, result):
    def do(s):
        if name.startswith("TCP_KEEP"):
            s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        try:
            s.setsockopt(level, number, value)
            result.append("0")
        except OSError as e:
            result.append(errno.errorcode[e.errno])
    return do

def tell(name, level, number, value, position, s, client, result):
    try:
        now = s.getsockopt(level, number, max(len(value), 16 if level == 1 and number == 25 else 0)).hex() or "none"
    except OSError as e:
        now = errno.errorcode[e.errno]
    print(name, position, result[0], now, client.getsockname()[1], flush=True)

def exchange(c, a):
    c.sendall(b"ping")
    assert a.recv(4) == b"ping"
    a.sendall(b"pong")
    assert c.recv(4) == b"pong"

nothing = lambda s: None
for row in rows():
    name, level, number, value = row
    l = listener(nothing)
    for position in "before", "after", "accepted":
        result = []
        do = setting(*row, result)
        c = connect(do if position == "before" else nothing)
        a, _ = l.accept()
        target = a if position == "accepted" else c
        if position != "before":
            do(target)
        tell(name, level, number, value, position, target, c, result)
        if name != "SO_RCVLOWAT":
            exchange(c, a)
        kept += [c, a]
    l.close()
    result = []
    l = listener(setting(*row, result))
    c = connect()
    a, _ = l.accept()
    tell(name, level, number, value, "inherited", a, c, result)
    kept += [c, a]
    l.close()
print("done", flush=True)
while not os.path.exists(end):
    time.sleep(0.02)
