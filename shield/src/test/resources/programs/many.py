"""Many connections at once. `server port`: echoes. `client port file`: does what each line of the file says: `open N`, `echo` (on every one), `close`, `churn SECONDS RATE`; prints what it did."""
import errno, os, resource, select, socket, sys, threading, time

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
port = int(sys.argv[2])

def server():
    l = socket.socket()
    l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    l.bind(("127.0.0.1", port))
    l.listen(4096)
    l.setblocking(False)
    ep = select.epoll()
    ep.register(l, select.EPOLLIN)
    known = {}
    print("listening", flush=True)
    while True:
        for fd, _ in ep.poll():
            if fd == l.fileno():
                try:
                    s, _ = l.accept()
                except BlockingIOError:
                    continue
                known[s.fileno()] = s
                ep.register(s, select.EPOLLIN)
                continue
            s = known[fd]
            try:
                data = s.recv(4096)
                if data:
                    s.sendall(data)
                    continue
            except ConnectionError:
                pass
            ep.unregister(s)
            del known[fd]
            s.close()

open_ones = []
refused = [0]

def connected():
    s = socket.socket()
    s.settimeout(60)
    s.connect(("127.0.0.1", port))
    return s

def echo(s):
    s.sendall(b"hello")
    got = b""
    while len(got) < 5:
        part = s.recv(5)
        if not part:
            raise ConnectionError("end")
        got += part

def in_threads(count, work):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()

def open_many(n):
    todo = iter(range(n))
    lock = threading.Lock()
    def work():
        while True:
            with lock:
                if next(todo, None) is None:
                    return
            s = connected()
            echo(s)
            open_ones.append(s)
    in_threads(16, work)
    print("open", len(open_ones), flush=True)

def churn(seconds, rate):
    until = time.monotonic() + seconds
    done = []
    def work():
        next_at = time.monotonic()
        while time.monotonic() < until:
            began = time.monotonic()
            s = connected()
            done.append(time.monotonic() - began)
            echo(s)
            s.close()
            next_at = max(next_at + 16 / rate, time.monotonic() - 1)
            time.sleep(max(0, next_at - time.monotonic()))
    in_threads(16, work)
    done.sort()
    print("churned", len(done), "connects of %.1f ms in the middle, %.1f at most" % (done[len(done) // 2] * 1e3, done[-1] * 1e3), flush=True)

def client():
    orders = open(sys.argv[3])
    while True:
        line = orders.readline()
        if not line.endswith("\n"):
            time.sleep(0.01)
            continue
        words = line.split()
        if words[0] == "open":
            open_many(int(words[1]))
        elif words[0] == "echo":
            for s in open_ones:
                echo(s)
            print("echoed", len(open_ones), flush=True)
        elif words[0] == "close":
            for s in open_ones:
                s.close()
            open_ones.clear()
            print("closed", flush=True)
        elif words[0] == "churn":
            churn(int(words[1]), int(words[2]))

server() if sys.argv[1] == "server" else client()
