"""Who may share a port by SO_REUSEPORT: sockets of one user. Argument: a port."""
import errno, os, socket, sys

port = int(sys.argv[1])


def sharing(family=socket.AF_INET, address="127.0.0.1"):
    s = socket.socket(family)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    s.bind((address, port))
    s.listen(8)
    return s


def refused(family, address):
    try:
        sharing(family, address)
        return False
    except OSError as e:
        assert e.errno == errno.EADDRINUSE, e
        return True


for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    mine = sharing(family, address)
    child = os.fork()
    if child == 0:
        sharing(family, address).close()
        os.setgroups([])
        os.setgid(12345)
        os.setuid(12345)
        assert refused(family, address), "another user's process joined"
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    # The socket's owner counts, not who has it now: made before, it may join afterwards.
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    child = os.fork()
    if child == 0:
        os.seteuid(12345)
        made.bind((address, port))
        made.listen(1)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    mine.close()
print("good")
