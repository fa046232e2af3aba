"""Connects when told; the answer must be ENOSYS once the supervisor is gone. Argument: an allowed port."""
import errno, os, socket, sys, time

port = int(sys.argv[1])
s = socket.socket()
s.connect(("127.0.0.1", port))
print("connected", flush=True)
while True:
    try:
        s = socket.socket()
        e = s.connect_ex(("127.0.0.1", port))
    except OSError as failed:  # of socket(), where the supervisor makes sockets
        e = failed.errno
    if e == errno.ENOSYS:
        print("done")
        break
    assert e in (0,), e
    time.sleep(0.01)
