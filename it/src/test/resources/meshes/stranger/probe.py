"""Tries what no rule allows and prints what the kernel said: `connect EACCES`, one line each."""

import ctypes
import errno
import socket
import sys


def tell(what, attempt):
    try:
        attempt()
        print(what, "SUCCEEDED")
    except OSError as e:
        print(what, errno.errorcode[e.errno])


def nonblocking():
    later = socket.socket()
    later.setblocking(False)
    later.connect(target)


def io_uring():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(425, 8, ctypes.create_string_buffer(120)) < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")


target = (socket.gethostbyname(sys.argv[1]), int(sys.argv[2]))
tell("connect", lambda: socket.create_connection(target, timeout=None))
tell("connect-nonblocking", nonblocking)
tell("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
tell("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP))
tell("io_uring", io_uring)
