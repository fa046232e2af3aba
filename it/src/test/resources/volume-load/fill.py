# Writes files until there are N MiB or no space, checks what it wrote, deletes it, and does so again: fill.py N
import errno
import hashlib
import os
import sys

PIECE = 256 << 10


def say(text):
    os.write(1, (text + "\n").encode())


def piece(number):
    return hashlib.shake_128(b"%d" % number).digest(PIECE)


def write(path, number):
    with open(path, "wb") as file:
        file.write(piece(number))
        file.flush()
        os.fsync(file.fileno())


for round in range(2):
    full = False
    written = 0
    while written < int(sys.argv[1]) * 4 and not full:
        path = "/data/%d" % written
        try:
            write(path, written)
            written += 1
        except OSError as e:
            if e.errno != errno.ENOSPC:
                raise
            full = True
    say("wrote %d KiB%s" % (written * PIECE >> 10, ", full" if full else ""))
    for number in range(written):
        with open("/data/%d" % number, "rb") as file:
            assert file.read() == piece(number), number
    for name in os.listdir("/data"):
        os.unlink("/data/" + name)
    descriptor = os.open("/data", os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
say("done")
