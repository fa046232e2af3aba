"""Passes a descriptor. Arguments: `send` or `receive`, the path of a Unix socket."""
import os, socket, sys

how, path = sys.argv[1:]
if how == "receive":
    l = socket.socket(socket.AF_UNIX)
    l.bind(path)
    l.listen()
    print("listening", flush=True)
    s, _ = l.accept()
    while True:
        try:
            data, control, _, _ = s.recvmsg(1000, socket.CMSG_SPACE(400))
        except ConnectionError:
            break
        assert not control, control
        if not data:
            break
        print("got", data.decode(), flush=True)
    print("end", flush=True)
else:
    s = socket.socket(socket.AF_UNIX)
    s.connect(path)
    s.sendall(b"before")
    r, w = os.pipe()
    try:
        socket.send_fds(s, [b"with"], [w])
        print("sent", flush=True)
    except PermissionError:
        # Nothing has happened to the connection.
        print("refused", flush=True)
        s.sendall(b"after")
        s.shutdown(socket.SHUT_WR)
    os.close(w)
    # Our pipe ends at once: nobody else has its other end.
    assert os.read(r, 1) == b""
    try:
        assert s.recv(1) == b""
    except ConnectionError:
        pass
