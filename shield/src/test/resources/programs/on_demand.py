"""Uses files whose content the shield reads on demand.

Arguments: the folder, and what comes of a new folder in its folder `app`.
"""

import ctypes
import errno
import mmap
import os
import stat
import subprocess
import sys

folder = sys.argv[1]
app = os.path.join(folder, "app")


def error(call, *arguments):
    try:
        call(*arguments)
    except OSError as e:
        return errno.errorcode[e.errno]
    return "done"


def read(path):
    with open(path, "rb") as file:
        return file.read()


# Attributes, before and after the content is there.
path = app + "/data.bin"
before = os.stat(path)
assert (before.st_size, stat.S_IMODE(before.st_mode)) == (100000, 0o440), before
with open(path, "rb") as file:
    opened = os.fstat(file.fileno())
    assert (opened.st_dev, opened.st_ino, opened.st_size) == (
        before.st_dev, before.st_ino, before.st_size)
    with mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        assert mapped[:] == b"x" * 100000
assert read(app + "/empty") == b""
assert error(open, path, "r+b") == "EROFS"
assert error(os.unlink, path) == "EROFS"
assert error(os.mkdir, app + "/new") == sys.argv[2]

# Folders.
assert stat.S_IMODE(os.stat(app + "/private").st_mode) == 0o700
assert os.listdir(app + "/hollow") == []
kinds = {e.name: (e.is_dir(follow_symlinks=False), e.is_symlink()) for e in os.scandir(app)}
assert kinds["pkg"] == (True, False) and kinds["data.bin"] == (False, False), kinds
assert kinds["link"] == (False, True) and kinds["current"] == (False, True), kinds
walked = {os.path.join(at, name) for at, _, names in os.walk(folder) for name in names}
assert app + "/pkg/deep/part.py" in walked, walked
there = os.open(app, os.O_RDONLY)
assert sorted(os.listdir(there)) == sorted(kinds)
assert os.readlink("link", dir_fd=there) == "data.bin"
os.fchdir(there)
assert os.getcwd() == app
assert read("pkg/deep/part.py") == b"VALUE = 42\n"
assert read("pkg/../link") == b"x" * 100000
os.chdir("/")

# Links.
assert os.readlink(app + "/link") == "data.bin"
assert stat.S_ISLNK(os.lstat(app + "/link").st_mode)
assert os.lstat(app + "/link").st_size == len("data.bin")
assert os.stat(app + "/link").st_size == 100000
assert read(app + "/current/deep/part.py") == b"VALUE = 42\n"
assert os.path.realpath(app + "/current/deep") == app + "/pkg/deep"
assert read(app + "/outside") == read("/etc/hostname")
assert error(os.stat, app + "/nowhere") == "ENOENT"
assert error(os.stat, app + "/loop") in ("ELOOP", "ENOENT")
assert error(os.open, app + "/link", os.O_RDONLY | os.O_NOFOLLOW) == "ELOOP"
assert error(os.symlink, "x", app + "/link") == "EEXIST"
assert error(os.unlink, app + "/link") == "EROFS"

# Code.
sys.path.insert(0, app)
import pkg.deep.part
from current.deep import part

assert pkg.deep.part.VALUE == part.VALUE == 42
assert ctypes.CDLL(app + "/libanswer.so").answer() == 42
said = subprocess.run([app + "/pkg/script.sh", "a"], stdout=subprocess.PIPE, check=True).stdout
assert said == b"script a\n", said
said = subprocess.run([app + "/scripts/script.sh", "b"], stdout=subprocess.PIPE, check=True).stdout
assert said == b"script b\n", said

# Damage.
assert error(os.stat, app + "/damaged") == "done"
assert error(read, app + "/damaged") == "EIO"
assert error(read, app + "/damaged") == "EIO"
print("ok")
