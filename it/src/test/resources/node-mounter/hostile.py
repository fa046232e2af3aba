# What a container may do that is not an agent. Prints the answer of the node mounter to each attempt.
import os
import socket
import sys
import time


def connect():
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.settimeout(60)
    connection.connect(sys.argv[1])
    return connection


def request(path, name="x", devices="1", transfer="4096"):
    return "\0".join(["testudo-mount-1", name, path, devices, transfer]).encode()


def ask(message):
    connection = connect()
    connection.send(message)
    data, descriptors, _, _ = socket.recv_fds(connection, 4096, 16)
    return connection, data.decode().strip("\0"), descriptors


def report(what, message):
    connection, said, descriptors = ask(message)
    print(what + ":", said or "mounted", flush=True)
    connection.close()
    for descriptor in descriptors:
        os.close(descriptor)


os.mkdir("/mnt/own")
os.symlink("/mnt/own", "/mnt/link")
report("garbage", b"\xff\0\0")
report("other place", request("/etc"))
report("parent", request("/mnt/own/../../etc"))
report("relative", request("mnt/own"))
report("link", request("/mnt/link"))
report("of root", request("/mnt/root"))
report("nothing", request("/mnt/nothing"))
report("options", request("/mnt/own", name="x,suid"))
report("devices", request("/mnt/own", devices="9"))
report("transfer", request("/mnt/own", transfer="5000"))

# Connections that ask for nothing do not keep others of the container waiting, up to a limit.
idle = [connect() for _ in range(8)]
report("beside idle ones", request("/mnt/own"))
for _ in range(10):
    idle += [connect() for _ in range(30)]
    time.sleep(0.5)
    connection, said, descriptors = ask(request("/mnt/own"))
    connection.close()
    for descriptor in descriptors:
        os.close(descriptor)
    if said:
        break
print("too many:", said, flush=True)
for connection in idle:
    connection.close()
for _ in range(100):
    connection, said, descriptors = ask(request("/mnt/own"))
    connection.close()
    for descriptor in descriptors:
        os.close(descriptor)
    if not said:
        break
    time.sleep(0.1)
print("afterwards:", said or "mounted", flush=True)
