"""Reads injected files as programs of a language with a runtime do. Argument: the folder."""

import os
import pathlib
import subprocess
import sys
import threading

folder = pathlib.Path(sys.argv[1])
conf = folder / "app.conf"
assert conf.read_text() == "injected content\n"
assert sorted(os.listdir(folder)).count("app.conf") == 1
assert {e.name: e.is_dir() for e in os.scandir(folder)}["shown"]
walked = {os.path.join(at, name) for at, _, names in os.walk(folder) for name in names}
assert str(folder / "shown/deep/x.conf") in walked, walked
assert conf.resolve() == (folder / "alias" / "app.conf").resolve()
sys.path.insert(0, str(folder / "shown"))
import module  # an injected module

assert module.VALUE == 42

wrong = []


def read():
    for _ in range(50):
        with open(conf) as file:
            if file.read() != "injected content\n":
                wrong.append(True)


threads = [threading.Thread(target=read) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not wrong

script = str(folder / "shown/script.sh")
command = [script, "one", "two"]
for _ in range(3):  # the memory that vfork shares keeps the path
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    assert said == "script one two\n", said
assert command[0] == script and os.path.exists(command[0])
assert subprocess.run(["cat", str(conf)], stdout=subprocess.PIPE).stdout == b"injected content\n"
assert os.system("%s a b > /dev/null" % script) == 0
print("ok")
