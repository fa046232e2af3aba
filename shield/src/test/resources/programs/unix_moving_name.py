"""Binds sockets by a name whose folder another thread keeps replacing by a link that means one thing here and another
to the shield: its own working directory. Argument: a folder to work in."""
import os, socket, sys, threading

folder = sys.argv[1]
os.chdir(folder)
os.mkdir("real")
os.symlink("/proc/self/cwd", "link")
over = threading.Event()


def swap():
    name, other = folder + "/real", folder + "/link"
    aside = folder + "/kept"
    while not over.is_set():
        os.rename(name, aside)
        os.rename(other, name)
        os.rename(name, other)
        os.rename(aside, name)


threading.Thread(target=swap, daemon=True).start()
bound = failed = 0
while bound < 100 or failed < 100:
    s = socket.socket(socket.AF_UNIX)
    try:
        s.bind(f"{folder}/real/escaped{bound + failed}")
        bound += 1
    except OSError:
        failed += 1
    s.close()
over.set()
print("done")
