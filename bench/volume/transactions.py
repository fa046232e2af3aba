"""transactions.py DIRECTORY JOURNAL SECONDS: SQLite transactions in a second, each durable before the next one begins.

SQLite resolves links in its path, so for `/proc/PID/root/…` this process enters the mount namespace of PID.
"""

import ctypes
import os
import pathlib
import re
import shutil
import sqlite3
import sys
import time

directory, journal, seconds = pathlib.Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
elsewhere = re.fullmatch(r"(/proc/\d+)/root(/.*)", str(directory))
if elsewhere:
    namespace = os.open(elsewhere[1] + "/ns/mnt", os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).setns(namespace, 0):
        raise OSError(ctypes.get_errno(), "setns")
    directory = pathlib.Path(elsewhere[2])
shutil.rmtree(directory, ignore_errors=True)
directory.mkdir()
connection = sqlite3.connect(directory / "database", isolation_level=None)
connection.execute(f"PRAGMA journal_mode = {journal}").fetchall()
connection.execute("PRAGMA synchronous = FULL")
connection.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, text TEXT)")
begin = time.monotonic()
count = 0
while time.monotonic() < begin + seconds:
    connection.execute("INSERT INTO entry (text) VALUES (?)", ("x" * 100,))
    count += 1
print(count / (time.monotonic() - begin))
connection.close()
shutil.rmtree(directory)
