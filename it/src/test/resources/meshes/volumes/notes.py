# Writes to a database and a file in the volume, as programs do that want to lose nothing.
import os
import sqlite3

counter = "/data/starts"
starts = int(open(counter).read()) if os.path.exists(counter) else 0
with open(counter + ".new", "w") as file:
    file.write(str(starts + 1))
    file.flush()
    os.fsync(file.fileno())
os.rename(counter + ".new", counter)

database = sqlite3.connect("/data/notes.sqlite")
database.execute("pragma journal_mode = wal")
database.execute("create table if not exists notes (text)")
for number in range(20):
    database.execute("insert into notes values (?)", ("a note that nobody else reads",))
    database.commit()
rows = database.execute("select count(*) from notes").fetchone()[0]
state = database.execute("pragma integrity_check").fetchone()[0]
print("start", starts + 1, "with", rows, "notes:", state, flush=True)
database.close()
space = os.statvfs("/data")
print("space", space.f_frsize * space.f_blocks, flush=True)
