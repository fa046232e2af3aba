"""Links to Unix sockets. Argument: a folder, with served sockets `refused`, `open`, `real/s` and `other/s`, a link
`way` to `real`, and rules that refuse `refused` and permit `way/s` and `later/s`."""
import errno, os, socket, sys

os.chdir(sys.argv[1])
here = os.getcwd()


def connect(name, expected=0):
    s = socket.socket(socket.AF_UNIX)
    got = s.connect_ex(here + "/" + name)
    assert got == expected, (name, got)
    s.close()


connect("open")
connect("refused", errno.EACCES)
os.symlink("refused", "soft")
connect("soft", errno.EACCES)
os.symlink(here, "again")
connect("again/refused", errno.EACCES)
connect("again/open")
os.link("refused", "hard")
connect("hard", errno.EACCES)

# A link that was there before.
connect("way/s")
# One that the program has put there since: the rule goes on to mean what it meant before.
os.rename("way", "away")
os.symlink("other", "way")
connect("way/s")
os.unlink("way")
os.rename("away", "way")
connect("way/s")

# A folder that was not there yet, and a link in its place.
connect("later/s", errno.ENOENT)
os.mkdir("later")
os.link("real/s", "later/s")
connect("later/s")
os.rename("later", "later-aside")
os.symlink("other", "later")
connect("later/s", errno.EACCES)
print("good")
