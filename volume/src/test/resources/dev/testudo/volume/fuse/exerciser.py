"""Exercises one file as fsx does: random operations on it, each compared with a copy in memory.

usage: exerciser.py FILE SEED OPERATIONS [direct]

With `direct`, reads and writes bypass the page cache. A failure prints the seed and the latest operations. The same
seed gives the same operations.
"""
import collections, ctypes, mmap, os, random, sys

LONGEST = 1 << 18
PUNCH_HOLE, KEEP_SIZE, ZERO_RANGE = 2, 1, 0x10
libc = ctypes.CDLL(None, use_errno=True)
libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]

path, seed, operations = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
direct = "direct" in sys.argv[4:]
block = 4096 if direct else 1
rng = random.Random(seed)
model = bytearray()
log = collections.deque(maxlen=30)
fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | (os.O_DIRECT if direct else 0), 0o600)
room = mmap.mmap(-1, 2 * LONGEST)  # aligned, for direct transfers


def fail(what):
    print("seed %d, operation %d: %s" % (seed, count, what))
    print("\n".join(log))
    sys.exit(1)


def check(start, found):
    wanted = bytes(model[start:start + len(found)])
    if found != wanted:
        at = next(i for i in range(len(found)) if i >= len(wanted) or found[i] != wanted[i])
        fail("byte %d is %r instead of %r" % (start + at, found[at:at + 8], wanted[at:at + 8]))


def place(longest=LONGEST):
    start = rng.randrange(longest) // block * block
    length = max(block, rng.choice((rng.randrange(100), rng.randrange(9000), rng.randrange(70000))) // block * block)
    return start, min(length, longest - start)


def extend(length):
    if length > len(model):
        model.extend(bytes(length - len(model)))


def write():
    start, length = place()
    data = rng.randbytes(length)
    log.append("write %d %d" % (start, length))
    room[0:length] = data
    with memoryview(room) as view, view[:length] as part:
        if os.pwritev(fd, [part], start) != length:
            fail("a short write")
    extend(start + length)
    model[start:start + length] = data


def read():
    start, length = place()
    log.append("read %d %d" % (start, length))
    with memoryview(room) as view, view[:length] as part:
        got = os.preadv(fd, [part], start)
        found = bytes(part[:got])
    if got != max(0, min(length, len(model) - start)):
        fail("read %d bytes" % got)
    check(start, found)


def map_write():
    if len(model) < 1:
        return
    start = rng.randrange(len(model))
    length = min(rng.randrange(1, 20000), len(model) - start)
    log.append("map_write %d %d" % (start, length))
    data = rng.randbytes(length)
    with mmap.mmap(fd, len(model)) as memory:
        memory[start:start + length] = data
        if direct:
            memory.flush()
    model[start:start + length] = data


def map_read():
    if len(model) < 1:
        return
    log.append("map_read")
    with mmap.mmap(fd, len(model), prot=mmap.PROT_READ) as memory:
        start = rng.randrange(len(model))
        check(start, memory[start:start + 30000])


def truncate():
    length = rng.choice((0, rng.randrange(LONGEST), len(model) // 2))
    log.append("truncate %d" % length)
    os.ftruncate(fd, length)
    del model[length:]
    extend(length)


def allocate(mode, name, zeros, keep):
    start, length = place()
    log.append("%s %d %d" % (name, start, length))
    if libc.fallocate(fd, mode, start, length) != 0:
        fail("%s: %s" % (name, os.strerror(ctypes.get_errno())))
    if not keep:
        extend(start + length)
    if zeros:
        end = min(start + length, len(model))
        if start < end:
            model[start:end] = bytes(end - start)


def punch():
    allocate(PUNCH_HOLE | KEEP_SIZE, "punch", True, True)


def zero():
    keep = rng.choice((0, KEEP_SIZE))
    allocate(ZERO_RANGE | keep, "zero", True, keep != 0)


def preallocate():
    keep = rng.choice((0, KEEP_SIZE))
    allocate(keep, "preallocate", False, keep != 0)


def reopen():
    global fd
    log.append("reopen")
    os.close(fd)
    fd = os.open(path, os.O_RDWR | (os.O_DIRECT if direct else 0))


def sync():
    log.append("fsync")
    os.fsync(fd)


def sizes():
    log.append("fstat")
    if os.fstat(fd).st_size != len(model):
        fail("the size is %d instead of %d" % (os.fstat(fd).st_size, len(model)))


def holes():
    """Where the file says it has holes, there are zeros."""
    log.append("seek")
    at = 0
    while at < len(model):
        try:
            data = os.lseek(fd, at, os.SEEK_DATA)
        except OSError:
            data = len(model)
        if data < at or data > len(model) or any(model[at:data]):
            fail("a hole from %d to %d with data" % (at, data))
        if data == len(model):
            return
        at = os.lseek(fd, data, os.SEEK_HOLE)
        if at <= data:
            fail("no data at %d" % data)


kinds = [write] * 8 + [read] * 8 + [map_write] * 3 + [map_read] * 3 + [truncate] * 2
kinds += [punch, zero, preallocate, reopen, sync, sizes, holes]
for count in range(operations):
    rng.choice(kinds)()
count = operations
os.close(fd)
with open(path, "rb") as file:
    log.append("read it all")
    found = file.read()
    if len(found) != len(model):
        fail("the file has %d bytes instead of %d" % (len(found), len(model)))
    check(0, found)
