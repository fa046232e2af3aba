# Commits numbers to a database in /data, one after the other, until it is ended: load.py sqlite|redis|postgres
#
# At the start it checks the database and says `has N`, where N is the number of the last transaction. It says each
# number after the database has acknowledged it.
import glob
import os
import signal
import sqlite3
import subprocess
import sys
import time

POSTGRES = max(glob.glob("/usr/lib/postgresql/*/bin/"))
children = []


def ended(*_):
    for child in children:
        child.send_signal(signal.SIGINT)
    for child in children:
        child.wait()
    os._exit(0)


def say(text):
    os.write(1, (text + "\n").encode())


def payload(number):
    return "a secret that nobody else reads %d " % number * (5000 if number % 50 == 0 else 60)


def await_file(path, child):
    while not os.path.exists(path):
        assert child.poll() is None, "the server has ended"
        time.sleep(0.02)


def sqlite():
    database = sqlite3.connect("/data/db")
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = full")
    database.execute("create table if not exists t (n integer primary key, text text)")
    assert database.execute("pragma integrity_check").fetchone() == ("ok",)
    count, last = database.execute("select count(*), coalesce(max(n), 0) from t").fetchone()
    assert count == last, (count, last)

    def commit(number):
        database.execute("insert into t values (?, ?)", (number, payload(number)))
        database.commit()

    return last, commit


def redis():
    import redis

    socket = "/tmp/redis"
    server = ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", "/data", "--save", ""]
    server += ["--appendonly", "yes", "--appendfsync", "always", "--loglevel", "warning"]
    children.append(subprocess.Popen(server))
    await_file(socket, children[0])
    client = redis.Redis(unix_socket_path=socket)
    while True:
        try:
            last = int(client.get("last") or 0)
            break
        except redis.exceptions.BusyLoadingError:
            time.sleep(0.02)
    assert client.dbsize() == (last + 1 if last else 0), (client.dbsize(), last)

    def commit(number):
        both = client.pipeline(transaction=True)
        both.set("text-%d" % number, payload(number))
        both.set("last", number)
        both.execute()

    return last, commit


def postgres():
    data = "/data/postgres"
    if not os.path.exists(data + "/ready"):
        subprocess.run(["rm", "-rf", data], check=True)
        make = ["initdb", "--no-sync", "--data-checksums", "--auth=trust", "--username=u", "--pgdata", data]
        subprocess.run([POSTGRES + make[0]] + make[1:], check=True, stdout=subprocess.DEVNULL)
        open(data + "/ready", "w").close()
    if os.path.exists(data + "/postmaster.pid"):
        os.unlink(data + "/postmaster.pid")  # of another PID namespace
    server = ["postgres", "-D", data, "-k", "/tmp", "-c", "listen_addresses="]
    children.append(subprocess.Popen([POSTGRES + server[0]] + server[1:]))
    words = ["psql", "-h", "/tmp", "-U", "u", "-d", "postgres", "-AtqX", "-v", "ON_ERROR_STOP=1"]
    while subprocess.run(words + ["-c", "select"], stderr=subprocess.DEVNULL).returncode != 0:
        assert children[0].poll() is None, "the server has ended"
        time.sleep(0.1)
    pipe = subprocess.PIPE
    client = subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, bufsize=1)

    def ask(question):
        client.stdin.write(question + ";\n\\echo .\n")
        client.stdin.flush()
        lines = []
        while True:
            line = client.stdout.readline()
            assert line, "the client has ended"
            if line == ".\n":
                return lines
            lines.append(line.strip())

    ask("set client_min_messages = error")
    ask("create table if not exists t (n integer primary key, text text)")
    count, last = ask("select count(*), coalesce(max(n), 0) from t")[0].split("|")
    assert count == last, (count, last)
    return int(last), lambda number: ask("insert into t values (%d, '%s')" % (number, payload(number)))


signal.signal(signal.SIGTERM, ended)
number, commit = {"sqlite": sqlite, "redis": redis, "postgres": postgres}[sys.argv[1]]()
say("has %d" % number)
while True:
    number += 1
    commit(number)
    say(str(number))
