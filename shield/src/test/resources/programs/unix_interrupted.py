"""A connect that a signal ends; Python does not repeat it but waits for what has begun. Arguments: the path of an echo server."""
import signal, socket, sys

signal.signal(signal.SIGUSR1, lambda *_: print("interrupted", flush=True))
print("ready", flush=True)
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
print("connected", flush=True)
assert s.getpeername() == sys.argv[1]
s.sendall(b"hello")
assert s.recv(5) == b"hello"
print("done")
