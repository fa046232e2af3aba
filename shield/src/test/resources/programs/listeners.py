"""Servers that listen in unusual ways; each answers every connection with its name. Arguments: how, a port.
`workers`: three sockets share a port; `close` on a line of standard input's file (third argument) makes one of them close. `backlog`: accepts only once told. `addresses`: one port at two addresses. `stacks`: IPv4 and IPv6 apart. `dual`: both on one socket. `again`: closes and listens anew, twenty times."""
import os, socket, sys, threading, time

how, port = sys.argv[1], int(sys.argv[2])

def told(word):
    while word + "\n" not in open(sys.argv[3]).readlines():
        time.sleep(0.01)

def say(line):
    # In one call: several processes may speak at once.
    os.write(1, (line + "\n").encode())

def listen(address, backlog=100, family=socket.AF_INET, share=False, only=None):
    l = socket.socket(family)
    l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if share:
        l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    if only is not None:
        l.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only)
    l.bind((address, port))
    assert l.getsockname()[:2] == (address, port), l.getsockname()
    l.listen(backlog)
    return l

def serve(l, name, count=1 << 30):
    for _ in range(count):
        s, _ = l.accept()
        s.sendall(b"%-8s" % name.encode())
        s.close()

def start(l, name):
    threading.Thread(target=serve, args=(l, name), daemon=True).start()

def worker(name):
    l = listen("127.0.0.1", share=True)
    say(name)
    serve(l, name)

if how == "workers":
    children = []
    for name in ("one", "two", "three"):
        pid = os.fork()
        if pid == 0:
            worker(name)
        children.append(pid)
    told("close")
    os.kill(children[0], 9)
    os.waitpid(children[0], 0)
    say("closed")
elif how == "backlog":
    l = listen("127.0.0.1", 1)
    print("listening", flush=True)
    told("accept")
    start(l, "late")
elif how == "addresses":
    start(listen("127.0.0.1"), "first")
    start(listen("127.0.0.2"), "second")
    print("listening", flush=True)
elif how == "stacks":
    start(listen("0.0.0.0"), "four")
    start(listen("::", family=socket.AF_INET6, only=1), "six")
    print("listening", flush=True)
elif how == "dual":
    start(listen("::", family=socket.AF_INET6, only=0), "both")
    print("listening", flush=True)
elif how == "again":
    for i in range(20):
        l = listen("127.0.0.1")
        print("listening %d" % i, flush=True)
        serve(l, str(i), 1)
        l.close()
    raise SystemExit
time.sleep(1000)
