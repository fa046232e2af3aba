"""More blocking connects to a full listener than may wait. Argument: the path of a Unix socket."""
import collections, errno, socket, sys, threading

path = sys.argv[1]
l = socket.socket(socket.AF_UNIX)
l.bind(path)
l.listen(0)
first = socket.socket(socket.AF_UNIX)
first.connect(path)  # the queue is full now
ended, results = threading.Condition(), collections.Counter()


def connect():
    with socket.socket(socket.AF_UNIX) as s:
        result = s.connect_ex(path)
    with ended:
        results[result] += 1
        ended.notify()


threads = [threading.Thread(target=connect) for _ in range(200)]
for t in threads:
    t.start()
with ended:
    ended.wait_for(lambda: sum(results.values()) >= 72)
    assert set(results) == {errno.EAGAIN}, results
l.close()
for t in threads:
    t.join()
assert set(results) == {errno.EAGAIN, errno.ECONNREFUSED}, results
print("done")
