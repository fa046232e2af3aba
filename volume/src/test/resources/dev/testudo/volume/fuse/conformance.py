"""Prints what a file system answers to calls of POSIX, in the kinds of pjdfstest.

usage: conformance.py DIRECTORY    as root, in an empty directory that everybody may enter
"""
import ctypes, errno, os, socket, stat, sys, time

os.chdir(sys.argv[1])
os.umask(0o022)
libc = ctypes.CDLL(None, use_errno=True)
USER, OTHER = 65534, 65533
LONG, TOO_LONG = "x" * 255, "x" * 256
PATH = "/".join(["d"] * 2048)  # 4095 bytes


def answer(call, *arguments, **named):
    try:
        result = call(*arguments, **named)
        return "ok" if result is None or callable(getattr(result, "close", None)) else result
    except OSError as error:
        return errno.errorcode[error.errno]


def say(what, result):
    print("%s: %s" % (what, result))


def check(what, call, *arguments, **named):
    say(what, answer(call, *arguments, **named))


def fork(uid, gids, work):
    """Runs `work` as another user."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups(gids[1:])
            os.setresgid(gids[0], gids[0], gids[0])
            os.setresuid(uid, uid, uid)
            work()
            sys.stdout.flush()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def touch(path, mode=0o644):
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, mode))
    return path


def open_close(*arguments):
    os.close(os.open(*arguments))


def mode(path):
    return oct(os.lstat(path).st_mode)


def times_change(what, path, work):
    """Says which times of `path` change."""
    os.utime(path, ns=(10**9, 10**9), follow_symlinks=False)
    before = os.lstat(path)
    time.sleep(0.015)
    work()
    after = os.lstat(path)
    said = ["%stime" % n for n in "amc" if getattr(before, "st_%stime_ns" % n) != getattr(after, "st_%stime_ns" % n)]
    say(what, " ".join(said) or "no times")


def renameat2(old, new, flags):
    if libc.renameat2(-100, old.encode(), -100, new.encode(), flags) != 0:
        raise OSError(ctypes.get_errno(), "renameat2")


def libc_truncate(path, length):
    if libc.truncate(path.encode(), ctypes.c_long(length)) != 0:
        raise OSError(ctypes.get_errno(), "truncate")


def libc_fallocate(fd, mode, start, length):
    if libc.fallocate(fd, mode, ctypes.c_long(start), ctypes.c_long(length)) != 0:
        raise OSError(ctypes.get_errno(), "fallocate")


def in_directory(name):
    def decorate(work):
        os.mkdir(name)
        os.chmod(name, 0o755)
        os.chdir(name)
        print("\n# " + name)
        work()
        os.chdir("..")
        return work
    return decorate


@in_directory("chmod")
def _():
    touch("f"); os.mkdir("d"); os.symlink("f", "l")
    for bits in 0o0, 0o777, 0o4755, 0o2755, 0o1644:
        os.chmod("f", bits); say("mode %o" % bits, mode("f"))
    check("a missing file", os.chmod, "none", 0o644)
    check("through a file", os.chmod, "f/x", 0o644)
    check("a name of 255 bytes", os.chmod, LONG, 0o644)
    check("a name of 256 bytes", os.chmod, TOO_LONG, 0o644)
    os.symlink("a", "b"); os.symlink("b", "a")
    check("a loop", os.chmod, "a", 0o644)
    times_change("chmod changes", "f", lambda: os.chmod("f", 0o600))
    fork(USER, [USER], lambda: check("somebody else's file", os.chmod, "f", 0o777))
    os.chown("f", USER, OTHER); os.chmod("f", 0o2755)
    fork(USER, [USER], lambda: (os.chmod("f", 0o2755), say("set-group-id of a strange group", mode("f"))))
    touch("s"); os.chown("s", USER, USER)
    fork(USER, [USER], lambda: check("the sticky bit of an own file", os.chmod, "s", 0o1644))
    say("its mode", mode("s"))


@in_directory("chown")
def _():
    touch("f"); os.symlink("f", "l"); os.mkdir("d")
    os.chown("l", 1, 2, follow_symlinks=False)
    say("a link itself", (os.lstat("l").st_uid, os.lstat("l").st_gid, os.stat("f").st_uid))
    os.chown("f", 2**32 - 2, -1); say("a large user id", os.stat("f").st_uid)
    check("a missing file", os.chown, "none", 0, 0)
    check("a name of 256 bytes", os.chown, TOO_LONG, 0, 0)
    times_change("chown changes", "f", lambda: os.chown("f", 3, 4))
    times_change("chown to nothing changes", "f", lambda: os.chown("f", -1, -1))
    os.chown("f", USER, USER)
    os.chmod("f", 0o6755); os.chown("f", USER, OTHER); say("set-id bits after root's chown", mode("f"))
    os.chmod("f", 0o6755)
    fork(USER, [OTHER, USER], lambda: (os.chown("f", -1, USER), say("after the owner's chown", mode("f"))))
    os.chmod("d", 0o6755); os.chown("d", 5, 5); say("of a directory", mode("d"))
    fork(USER, [USER], lambda: check("to another user", os.chown, "f", OTHER, -1))
    fork(USER, [USER], lambda: check("to a strange group", os.chown, "f", -1, OTHER))
    fork(OTHER, [OTHER], lambda: check("somebody else's file", os.chown, "f", -1, OTHER))


@in_directory("link")
def _():
    touch("f"); os.mkdir("d"); os.symlink("f", "l"); os.mkfifo("p")
    check("link", os.link, "f", "g"); say("links", os.stat("f").st_nlink)
    check("to a name that exists", os.link, "f", "g")
    check("to a directory that exists", os.link, "f", "d")
    check("of a directory", os.link, "d", "e")
    check("of a missing file", os.link, "none", "h")
    check("into a missing directory", os.link, "f", "none/h")
    check("through a file", os.link, "f", "g/h")
    check("a name of 255 bytes", os.link, "f", LONG)
    check("a name of 256 bytes", os.link, "f", TOO_LONG)
    check("of a link itself", os.link, "l", "m", follow_symlinks=False); say("which is", mode("m"))
    check("of a FIFO", os.link, "p", "q")
    times_change("link changes of the file", "f", lambda: os.link("f", "h"))
    times_change("link changes of the directory", "d", lambda: os.link("f", "d/h"))
    os.unlink("h"); say("links after unlink", os.stat("f").st_nlink)
    fork(USER, [USER], lambda: check("into a directory of root's", os.link, "f", "x"))


@in_directory("mkdir")
def _():
    check("mkdir", os.mkdir, "d", 0o777); say("its mode", mode("d")); say("its links", os.stat("d").st_nlink)
    os.mkdir("d/e"); say("links with a directory in it", os.stat("d").st_nlink)
    check("a name that exists", os.mkdir, "d")
    touch("f"); check("a file that exists", os.mkdir, "f"); check("through a file", os.mkdir, "f/d")
    os.symlink("none", "l"); check("a dangling link", os.mkdir, "l")
    check("a missing directory", os.mkdir, "none/d")
    check("a name of 255 bytes", os.mkdir, LONG); check("a name of 256 bytes", os.mkdir, TOO_LONG)
    check("a path of 4096 bytes", os.mkdir, PATH + "/")
    os.chmod("d", 0o2775); os.chown("d", 0, 77); os.chmod("d", 0o2775); os.mkdir("d/g")
    say("in a set-group-id directory", (mode("d/g"), os.stat("d/g").st_gid))
    times_change("mkdir changes of the directory", "d", lambda: os.mkdir("d/h"))
    fork(USER, [USER], lambda: check("in a directory of root's", os.mkdir, "d/x"))


@in_directory("rmdir")
def _():
    os.makedirs("d/e"); touch("f"); os.symlink("d", "l")
    check("one with entries", os.rmdir, "d"); check("a file", os.rmdir, "f"); check("a link", os.rmdir, "l")
    check("a missing one", os.rmdir, "none"); check("through a file", os.rmdir, "f/x")
    check(".", os.rmdir, "d/."); check("..", os.rmdir, "d/e/.."); check("a name of 256 bytes", os.rmdir, TOO_LONG)
    check("an empty one", os.rmdir, "d/e"); say("links", os.stat("d").st_nlink)
    os.mkdir("w"); here = os.open("w", os.O_RDONLY); os.rmdir("w")
    say("links of a removed one", os.fstat(here).st_nlink)
    check("a file in a removed one", os.open, "x", os.O_CREAT | os.O_WRONLY, dir_fd=here)
    say("entries of a removed one", answer(os.listdir, here))
    os.mkdir("s"); os.chmod("s", 0o1777)
    fork(OTHER, [OTHER], lambda: os.mkdir("s/o"))
    fork(USER, [USER], lambda: check("another's in a sticky directory", os.rmdir, "s/o"))
    fork(OTHER, [OTHER], lambda: check("an own one in a sticky directory", os.rmdir, "s/o"))


@in_directory("mkfifo and mknod")
def _():
    check("a FIFO", os.mkfifo, "p", 0o666); say("its mode", mode("p"))
    check("a name that exists", os.mkfifo, "p")
    check("a regular file", os.mknod, "f", stat.S_IFREG | 0o666); say("its mode", mode("f"))
    check("a socket", socket.socket(socket.AF_UNIX).bind, "s"); say("its mode", mode("s"))
    check("a character device", os.mknod, "c", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    check("a block device", os.mknod, "b", stat.S_IFBLK | 0o600, os.makedev(7, 0))
    check("a missing directory", os.mkfifo, "none/p"); check("a name of 256 bytes", os.mkfifo, TOO_LONG)
    if os.fork() == 0:
        with open("p", "w") as pipe: pipe.write("through")
        os._exit(0)
    with open("p") as pipe: say("what goes through", pipe.read())
    os.wait()


@in_directory("open")
def _():
    create = os.O_CREAT | os.O_RDWR
    check("create", open_close, "f", create, 0o6777); say("its mode", mode("f"))
    check("exclusively", os.open, "f", create | os.O_EXCL)
    check("without any permission", open_close, "n", create, 0); say("its mode", mode("n"))
    check("a missing file", os.open, "none", os.O_RDONLY)
    os.mkdir("d")
    check("a directory for writing", os.open, "d", os.O_WRONLY); check("O_CREAT of a directory", os.open, "d", create)
    check("O_DIRECTORY of a file", os.open, "f", os.O_DIRECTORY); check("through a file", os.open, "f/x", create)
    os.symlink("f", "l"); os.symlink("none", "m")
    check("O_NOFOLLOW of a link", os.open, "l", os.O_NOFOLLOW)
    check("O_EXCL of a dangling link", os.open, "m", create | os.O_EXCL)
    check("O_CREAT of a dangling link", open_close, "m", create); say("makes its target", os.path.exists("none"))
    os.symlink("a", "b"); os.symlink("b", "a"); check("a loop", os.open, "a", os.O_RDONLY)
    check("a name of 255 bytes", open_close, LONG, create); check("a name of 256 bytes", os.open, TOO_LONG, create)
    check("a path of 4096 bytes", os.open, PATH + "/", os.O_RDONLY)
    os.mkfifo("p"); check("a FIFO without reader", os.open, "p", os.O_WRONLY | os.O_NONBLOCK)
    socket.socket(socket.AF_UNIX).bind("s"); check("a socket", os.open, "s", os.O_RDONLY)
    with open("f", "w") as f: f.write("content")
    times_change("O_TRUNC changes", "f", lambda: open("f", "w").close()); say("and leaves bytes", os.stat("f").st_size)
    times_change("creating changes of the directory", "d", lambda: touch("d/x"))
    os.mkdir("u"); os.chown("u", USER, 7); os.chmod("u", 0o2755)
    fork(USER, [USER], lambda: (touch("u/f"), say("owner and group in a set-group-id directory",
                                                  (os.stat("u/f").st_uid, os.stat("u/f").st_gid))))
    fork(USER, [USER], lambda: (open_close("u/r", create, 0o444), check("an own file without w", os.open, "u/r", os.O_RDWR)))
    for bits, uid, gids in (0o400, USER, [USER]), (0o040, OTHER, [7]), (0o004, OTHER, [OTHER]), (0o330, OTHER, [OTHER]):
        os.chmod("u/f", bits)
        fork(uid, gids, lambda: say("mode %03o for (%d, %d)" % (bits, uid, gids[0]), (
            answer(open_close, "u/f", os.O_RDONLY), answer(open_close, "u/f", os.O_WRONLY))))
    os.chmod("u", 0o644); fork(OTHER, [OTHER], lambda: check("in a directory without x", os.open, "u/f", os.O_RDONLY))
    os.chmod("u", 0o711); fork(OTHER, [OTHER], lambda: check("listing one without r", os.listdir, "u"))
    with open("t", "w") as t: t.write("#!/bin/sh\n")
    check("running a file without x", os.execv, "./t", ["t"])
    os.chmod("f", 0o6777)
    fork(USER, [USER], lambda: os.write(os.open("f", os.O_WRONLY), b"x")); say("set-id bits after a user's write", mode("f"))
    os.chmod("f", 0o6777); os.write(os.open("f", os.O_WRONLY), b"x"); say("after root's write", mode("f"))


@in_directory("rename")
def _():
    touch("f"); touch("g"); os.makedirs("d/e"); os.mkdir("empty"); os.symlink("f", "l")
    number = os.stat("f").st_ino
    check("over a file", os.rename, "f", "g"); say("keeps the inode", os.stat("g").st_ino == number)
    check("to itself", os.rename, "g", "g"); os.link("g", "h")
    check("to its own hard link", os.rename, "g", "h"); say("which both stay", (os.path.exists("g"), os.path.exists("h")))
    check("a missing file", os.rename, "none", "x"); check("into a missing directory", os.rename, "g", "none/x")
    check("through a file", os.rename, "g", "h/x"); check("a directory over a file", os.rename, "d", "g")
    check("a file over a directory", os.rename, "g", "d"); check("over a full directory", os.rename, "empty", "d")
    check("a directory into itself", os.rename, "d", "d/e/x"); check("a directory over its parent", os.rename, "d/e", "d")
    check("over an empty directory", os.rename, "d", "empty"); say("links of the parent", os.stat(".").st_nlink)
    check("a link over a file", os.rename, "l", "h"); say("which is", mode("h"))
    check(".", os.rename, "empty/.", "x"); check("..", os.rename, "empty/e/..", "x")
    check("a name of 255 bytes", os.rename, "g", LONG); check("a name of 256 bytes", os.rename, LONG, TOO_LONG)
    os.mkdir("a"); os.mkdir("b"); os.mkdir("a/m"); os.rename("a/m", "b/m")
    say("links of both parents", (os.stat("a").st_nlink, os.stat("b").st_nlink))
    say(".. of a moved directory", os.path.samefile("b/m/..", "b"))
    touch("a/1"); touch("b/2")
    check("exchange", renameat2, "a/1", "b/2", 2); check("noreplace", renameat2, "a/1", "b/2", 1)
    check("exchange with a missing file", renameat2, "a/1", "b/none", 2)
    check("exchange with a directory", renameat2, "a/1", "b/m", 2)
    say("links after exchange", (os.stat("a").st_nlink, os.stat("b").st_nlink))
    check("both flags", renameat2, "a/1", "b/2", 3); check("an unknown flag", renameat2, "a/1", "b/2", 64)
    times_change("rename changes of the file", "b/2", lambda: (os.rename("b/2", "b/3"), os.rename("b/3", "b/2")))
    times_change("rename changes of the directory", "b", lambda: os.rename("b/2", "b/4"))
    os.mkdir("s"); os.chmod("s", 0o1777); fork(OTHER, [OTHER], lambda: touch("s/o"))
    fork(USER, [USER], lambda: (touch("s/u"), check("another's in a sticky directory", os.rename, "s/o", "s/x"),
                                check("over another's in a sticky directory", os.rename, "s/u", "s/o")))


@in_directory("symlink")
def _():
    check("symlink", os.symlink, "target", "l"); say("its target", os.readlink("l"))
    say("its mode and size", (mode("l"), os.lstat("l").st_size))
    check("a name that exists", os.symlink, "x", "l"); check("an empty target", os.symlink, "", "e")
    check("a target of 4095 bytes", os.symlink, "x" * 4095, "m"); say("its target's length", len(answer(os.readlink, "m")))
    check("a target of 4096 bytes", os.symlink, "x" * 4096, "n")
    check("a name of 255 bytes", os.symlink, "x", LONG); check("a name of 256 bytes", os.symlink, "x", TOO_LONG)
    check("a missing directory", os.symlink, "x", "none/l"); check("readlink of a directory", os.readlink, ".")
    os.symlink("s40", "s39")
    for i in range(39): os.symlink("s%d" % (i + 1), "s%d" % i)
    touch("s40"); say("40 links", answer(lambda: os.stat("s0").st_size))
    os.symlink("s0", "s"); check("41 links", os.stat, "s")


@in_directory("truncate")
def _():
    with open("f", "wb") as f: f.write(b"content")
    os.truncate("f", 3); say("shorter", open("f", "rb").read()); os.truncate("f", 6); say("longer", open("f", "rb").read())
    check("negative", libc_truncate, "f", -1); check("a directory", os.truncate, ".", 0); check("a missing file", os.truncate, "none", 0)
    times_change("truncate changes", "f", lambda: os.truncate("f", 2))
    times_change("truncate to the same length changes", "f", lambda: os.truncate("f", 2))
    reader = os.open("f", os.O_RDONLY); check("a descriptor for reading", os.ftruncate, reader, 0)
    fork(USER, [USER], lambda: check("without w", os.truncate, "f", 0))
    os.chmod("f", 0o6777); fork(USER, [USER], lambda: os.truncate("f", 1)); say("set-id bits after a user's truncate", mode("f"))
    check("a name of 256 bytes", os.truncate, TOO_LONG, 0)
    check("8 EiB", os.truncate, "f", 2**63 - 1)


@in_directory("unlink")
def _():
    touch("f"); os.link("f", "g"); os.mkdir("d"); os.symlink("d", "l"); os.mkfifo("p")
    times_change("unlink changes of the file", "g", lambda: os.unlink("f"))
    times_change("unlink changes of the directory", "d", lambda: os.unlink(touch("d/x")))
    check("a directory", os.unlink, "d"); check("a link", os.unlink, "l"); check("a FIFO", os.unlink, "p")
    check("a missing file", os.unlink, "none"); check("through a file", os.unlink, "g/x"); check("a name of 256 bytes", os.unlink, TOO_LONG)
    f = open("o", "w+"); f.write("kept"); f.flush(); os.unlink("o"); f.seek(0)
    say("an open file", (f.read(), os.fstat(f.fileno()).st_nlink))
    os.mkdir("s"); os.chmod("s", 0o1777); fork(OTHER, [OTHER], lambda: touch("s/o"))
    fork(USER, [USER], lambda: check("another's in a sticky directory", os.unlink, "s/o"))
    fork(USER, [USER], lambda: check("in a directory of root's", os.unlink, "g"))


@in_directory("utimensat")
def _():
    touch("f"); os.symlink("f", "l")
    for second in -2**31 + 1, -1, 0, 2**31, 2**32 + 1, 9 * 10**9:
        os.utime("f", ns=(second * 10**9 + 1, second * 10**9 + 999_999_999))
        say("second %d" % second, (os.stat("f").st_atime_ns, os.stat("f").st_mtime_ns))
    os.utime("l", ns=(7, 8), follow_symlinks=False); say("a link itself", os.lstat("l").st_mtime_ns)
    now = time.time(); os.utime("f"); say("now", abs(os.stat("f").st_mtime - now) < 5)
    fork(USER, [USER], lambda: (check("somebody else's file", os.utime, "f", (1, 2)), check("to now", os.utime, "f")))
    os.chmod("f", 0o666); fork(USER, [USER], lambda: (check("to now with w", os.utime, "f"), check("to a time with w", os.utime, "f", (1, 2))))
    times_change("writing changes", "f", lambda: open("f", "w").write("x")); times_change("reading changes", "f", lambda: open("f").read())
    times_change("listing changes", ".", lambda: os.listdir("."))


@in_directory("extended attributes")
def _():
    touch("f"); os.mkdir("d"); os.symlink("f", "l")
    check("user", os.setxattr, "f", "user.a", b"1"); say("is", answer(os.getxattr, "f", "user.a"))
    check("create one that exists", os.setxattr, "f", "user.a", b"2", os.XATTR_CREATE)
    check("replace one that is missing", os.setxattr, "f", "user.b", b"2", os.XATTR_REPLACE)
    check("an empty value", os.setxattr, "f", "user.e", b""); say("is", answer(os.getxattr, "f", "user.e"))
    check("trusted", os.setxattr, "f", "trusted.a", b"1"); check("of a directory", os.setxattr, "d", "user.a", b"1")
    check("no namespace", os.setxattr, "f", "a", b"1"); check("an unknown namespace", os.setxattr, "f", "x.a", b"1")
    check("of a link", os.setxattr, "l", "user.a", b"1", follow_symlinks=False)
    check("a name of 255 bytes", os.setxattr, "f", "user." + "n" * 250, b"1")
    check("a missing one", os.getxattr, "f", "user.none"); check("remove a missing one", os.removexattr, "f", "user.none")
    say("list", sorted(n for n in os.listxattr("f") if len(n) < 100)); check("remove", os.removexattr, "f", "user.a")
    check("an access control list", os.setxattr, "f", "system.posix_acl_access", bytes.fromhex(
        "0200000001000600ffffffff04000400ffffffff20000400ffffffff"))


@in_directory("files and descriptors")
def _():
    f = os.open("f", os.O_RDWR | os.O_CREAT)
    check("a write beyond the end", os.pwrite, f, b"end", 10000); say("reads zeros before it", os.pread(f, 5, 9998))
    check("a read beyond the end", os.pread, f, 5, 20000); check("seek to data beyond", os.lseek, f, 20000, os.SEEK_DATA)
    check("fsync", os.fsync, f); check("fdatasync", os.fdatasync, f); check("posix_fallocate", os.posix_fallocate, f, 0, 30000)
    say("size", os.fstat(f).st_size); check("copy_file_range", os.copy_file_range, f, os.open("g", os.O_RDWR | os.O_CREAT), 100)
    check("collapse a range", libc_fallocate, f, 8, 0, 4096); check("insert a range", libc_fallocate, f, 0x20, 0, 4096)
    a = os.open("a", os.O_WRONLY | os.O_CREAT | os.O_APPEND); os.write(a, b"1"); os.lseek(a, 0, 0); os.write(a, b"2")
    say("append", open("a").read()); d = os.open(".", os.O_RDONLY); check("fsync of a directory", os.fsync, d)
    check("reading a directory", os.read, d, 10); t = os.open(".", os.O_TMPFILE | os.O_RDWR); os.write(t, b"t")
    check("an unnamed file gets a name", os.link, "/proc/self/fd/%d" % t, "t", src_dir_fd=d, follow_symlinks=True)
    say("with its content", open("t").read()); say("entries", sorted(os.listdir(".")))
    say("names are limited to", os.pathconf(".", "PC_NAME_MAX"))
