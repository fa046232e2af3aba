"""Does what each line of a file says, as lines arrive: `open N`, `echo N text`, `close N`; prints the line and `ok` or the error's name. Arguments: a port or the path of a Unix socket, the file."""
import errno, os, socket, sys, time

where = sys.argv[1]
sockets = {}

def perform(words):
    if words[0] == "open":
        unix = where.startswith("/")
        s = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
        s.connect(where if unix else ("127.0.0.1", int(where)))
        sockets[words[1]] = s
    elif words[0] == "echo":
        s = sockets[words[1]]
        s.sendall(words[2].encode())
        got = b""
        while len(got) < len(words[2]):
            part = s.recv(1000)
            if not part:
                return "end"
            got += part
        assert got.decode() == words[2]
    elif words[0] == "close":
        sockets.pop(words[1]).close()
    return "ok"

with open(sys.argv[2]) as orders:
    while True:
        line = orders.readline()
        if not line.endswith("\n"):
            time.sleep(0.01)
            continue
        if line.strip() == "end":
            break
        try:
            result = perform(line.split())
        except OSError as e:
            result = errno.errorcode.get(e.errno, str(e))
        print(line.strip(), result, flush=True)
