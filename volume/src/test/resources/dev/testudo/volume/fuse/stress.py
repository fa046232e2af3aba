"""Performs random operations on a tree, as fsstress does, and describes trees so that they can be compared.

usage: stress.py run DIRECTORY SEED OPERATIONS    performs operations that depend on the seed only
       stress.py describe DIRECTORY               prints everything that a program can see of the tree
"""
import hashlib, os, random, stat, sys

NAMES = ["n%d" % i for i in range(25)] + ["x" * 255, "\u00e4\u6f22", "-a b\n"]


def describe(top):
    inodes = {}
    for directory, names, files in os.walk(top):
        names.sort()
        for name in sorted(names + files) + (["."] if directory == top else []):
            path = os.path.join(directory, name)
            status = os.lstat(path)
            words = [os.path.relpath(path, top), oct(status.st_mode), status.st_uid, status.st_gid, status.st_nlink,
                     status.st_mtime_ns if not stat.S_ISDIR(status.st_mode) else "-"]
            words.append("same as %s" % inodes.setdefault(status.st_ino, os.path.relpath(path, top)))
            if stat.S_ISREG(status.st_mode):
                with open(path, "rb") as file:
                    words += [status.st_size, hashlib.sha256(file.read()).hexdigest()]
                words += ["%s=%s" % (each, os.getxattr(path, each).hex()) for each in sorted(os.listxattr(path))]
            if stat.S_ISLNK(status.st_mode):
                words.append(os.readlink(path))
            print(*map(repr, words))


class Stress:
    def __init__(self, top, seed):
        self.rng = random.Random(seed)
        self.top = top
        self.files = 0

    def directories(self):
        return [self.top] + sorted(d for d, _, _ in os.walk(self.top) if d.count("/") - self.top.count("/") < 4)

    def entry(self):
        """A path that may exist."""
        return os.path.join(self.rng.choice(self.directories()), self.rng.choice(NAMES))

    def write(self):
        path = self.entry()
        if os.path.exists(path) and not os.path.isfile(path):
            return  # opening a FIFO waits
        with open(path, self.rng.choice(("wb", "ab", "r+b", "xb"))) as file:
            file.seek(self.rng.choice((0, 5000, 100000)))
            file.write(self.rng.randbytes(self.rng.choice((1, 900, 9000, 150000))))
            if self.rng.randrange(4) == 0:
                os.fsync(file.fileno())

    def truncate(self):
        os.truncate(self.entry(), self.rng.choice((0, 700, 8192, 300000)))

    def mkdir(self):
        os.mkdir(self.entry(), self.rng.choice((0o755, 0o2775, 0o1777)))

    def rmdir(self):
        os.rmdir(self.entry())

    def unlink(self):
        os.unlink(self.entry())

    def link(self):
        os.link(self.entry(), self.entry(), follow_symlinks=False)

    def symlink(self):
        os.symlink(self.rng.choice(("n1", "./n2", "y" * 3000)), self.entry())

    def rename(self):
        os.rename(self.entry(), self.entry())

    def mknod(self):
        os.mknod(self.entry(), self.rng.choice((stat.S_IFIFO, stat.S_IFSOCK, stat.S_IFREG)) | 0o640)

    def chmod(self):
        path = self.entry()
        if not os.path.islink(path):
            os.chmod(path, self.rng.randrange(0o10000) | 0o700)

    def chown(self):
        os.chown(self.entry(), self.rng.randrange(9), self.rng.randrange(9), follow_symlinks=False)

    def xattr(self):
        path = self.entry()
        if os.path.isfile(path) and not os.path.islink(path):
            os.setxattr(path, "user.%d" % self.rng.randrange(4), self.rng.randbytes(self.rng.choice((0, 10, 900))))

    def times(self):
        os.utime(self.entry(), ns=(self.rng.randrange(10**18), self.rng.randrange(10**18)), follow_symlinks=False)

    def run(self, operations):
        kinds = [self.write] * 6 + [self.mkdir] * 2 + [self.rename] * 3 + [self.unlink] * 2
        kinds += [self.truncate, self.rmdir, self.link, self.symlink, self.mknod, self.chmod, self.chown, self.xattr]
        kinds += [self.times]
        for _ in range(operations):
            kind = self.rng.choice(kinds)
            # An error must not depend on the time at which it happens, so it is part of the comparison.
            try:
                kind()
                print(kind.__name__, "done")
            except OSError as error:
                print(kind.__name__, error.errno)


def settle(top):
    """Gives every file a time that does not depend on when the program ran."""
    for directory, names, files in os.walk(top):
        for name in names + files:
            os.utime(os.path.join(directory, name), ns=(5, 7), follow_symlinks=False)


os.umask(0o022)
if sys.argv[1] == "run":
    Stress(sys.argv[2], int(sys.argv[3])).run(int(sys.argv[4]))
    settle(sys.argv[2])
else:
    describe(sys.argv[2])
