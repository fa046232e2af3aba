# Runs a program on the file system of the current directory and says what it found: programs.py PROGRAM SIZE [JAVA]
#
# What it says depends on nothing but the size, so two file systems can be compared. Servers are killed in the middle.
import glob
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

HERE = os.getcwd()
SIZE = int(sys.argv[2])
POSTGRES = max(glob.glob("/usr/lib/postgresql/*/bin/"))
NOBODY = 65534


def run(*words, **options):
    return subprocess.run(words, check=True, text=True, stdout=subprocess.PIPE, **options).stdout.strip()


def until(condition, server):
    while not condition():
        assert server.poll() is None, "the server has ended with %s" % server.returncode
        time.sleep(0.05)


def succeeds(words, **options):
    return subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options).returncode == 0


def socket_folder():
    folder = "/tmp/programs-%d" % os.getpid()  # paths of sockets have 107 bytes
    os.makedirs(folder, exist_ok=True)
    os.chmod(folder, 0o777)
    return folder


def kill(server):
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def sqlite():
    for mode in "wal", "delete":
        path = mode + ".db"
        code = """
import os, sqlite3, sys
d = sqlite3.connect(sys.argv[1], isolation_level=None)
d.execute('pragma journal_mode=' + sys.argv[2])
d.execute('pragma synchronous=full')
d.execute('create table if not exists t (a integer primary key, b blob)')
for i in range(int(sys.argv[3])):
  d.execute('begin')
  d.execute('insert into t values (?, ?)', (i, b'%d' % i * 500))
  d.execute('update t set b = ? where a = ?', (b'new %d' % i * 300, i // 2))
  d.execute('commit')
d.execute('begin')
d.execute('delete from t')
os._exit(0)
"""
        run(sys.executable, "-c", code, path, mode, str(SIZE * 50))
        d = sqlite3.connect(path)
        rows = hashlib.sha256(repr(d.execute("select * from t order by a").fetchall()).encode()).hexdigest()
        check = d.execute("pragma integrity_check").fetchone()[0]
        print(mode, d.execute("select count(*) from t").fetchone()[0], check, rows)
        d.execute("vacuum")
        print(d.execute("pragma integrity_check").fetchone()[0])
        d.close()


def redis():
    socket = socket_folder() + "/redis"
    client = ["redis-cli", "-s", socket]
    for sync in "always", "everysec":
        words = ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", HERE, "--loglevel", "warning"]
        words += ["--appendonly", "yes", "--appendfsync", sync, "--appenddirname", sync, "--dbfilename", sync + ".rdb"]
        for round in 1, 2:
            server = subprocess.Popen(words, start_new_session=True, stdout=subprocess.DEVNULL)
            until(lambda: succeeds(client + ["ping"]) and run(*client, "ping") == "PONG", server)
            lines = "".join("set k%d-%d %s\n" % (round, i, "v" * (i % 300)) for i in range(SIZE * 200))
            run(*client, input=lines)
            print(sync, run(*client, "bgsave") != "", run(*client, "dbsize"))
            until(lambda: "rdb_bgsave_in_progress:0" in run(*client, "info", "persistence"), server)
            if sync == "everysec":
                time.sleep(2.5)
            kill(server)
            os.unlink(socket)
            for file in sorted(os.listdir(sync)):
                if file.endswith(".incr.aof"):
                    print(file, "valid" in run("redis-check-aof", sync + "/" + file))
            print("rdb", "Checksum OK" in run("redis-check-rdb", sync + ".rdb"))


def postgresql():
    data = HERE + "/postgresql"
    os.makedirs(data)
    os.chown(data, NOBODY, NOBODY)
    sockets = socket_folder()

    def as_nobody(*words):
        return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", POSTGRES + words[0]] + list(words[1:])

    run(*as_nobody("initdb", "--data-checksums", "--auth=trust", "--username=u", "-D", data))
    words = ["-h", sockets, "-U", "u"]

    def start():
        server = subprocess.Popen(
            as_nobody("postgres", "-D", data, "-k", sockets, "-c", "listen_addresses="),
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: succeeds(["psql"] + words + ["-d", "postgres", "-c", "select"]), server)
        return server

    def ask(question):
        return run("psql", *words, "-d", "postgres", "-AtqX", "-c", question)

    def children(pid):
        return subprocess.run(["pgrep", "-P", str(pid)], text=True, stdout=subprocess.PIPE).stdout.split()

    server = start()
    bench = [POSTGRES + "pgbench"] + words
    run(*bench, "-i", "-q", "-s", "1", "postgres", stderr=subprocess.DEVNULL)
    run(*bench, "-n", "-c", "2", "-t", str(SIZE * 50), "--random-seed=1", "postgres", stderr=subprocess.DEVNULL)
    for pid in children(server.pid):
        os.kill(int(pid), signal.SIGSTOP)  # nobody writes while the rest is killed
    doomed = children(server.pid)
    os.kill(server.pid, signal.SIGKILL)
    for pid in doomed:
        os.kill(int(pid), signal.SIGKILL)
    server.wait()
    time.sleep(0.5)
    os.unlink(data + "/postmaster.pid")
    server = start()
    print(ask("select count(*), sum(delta) = (select sum(abalance) from pgbench_accounts) from pgbench_history"))
    print(ask("select sum(abalance) = (select sum(tbalance) from pgbench_tellers) from pgbench_accounts"))
    server.send_signal(signal.SIGINT)
    server.wait()
    checked = run(*as_nobody("pg_checksums", "--check", "-D", data))
    print([line for line in checked.splitlines() if line.startswith("Bad checksums")])


def mariadb():
    data = HERE + "/mariadb"
    sockets = socket_folder()
    socket = sockets + "/mariadb"
    run("mariadb-install-db", "--no-defaults", "--datadir=" + data, "--user=root", "--skip-test-db",
        "--auth-root-authentication-method=normal", stderr=subprocess.DEVNULL)
    server_words = ["mariadbd", "--no-defaults", "--user=root", "--datadir=" + data, "--socket=" + socket]
    server_words += ["--skip-networking", "--innodb-flush-log-at-trx-commit=1", "--pid-file=" + sockets + "/pid"]
    client = ["mariadb", "--no-defaults", "--socket=" + socket, "--user=root", "-N", "-B"]

    def start():
        server = subprocess.Popen(
            server_words, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: succeeds(client + ["-e", "select 1"]), server)
        return server

    server = start()
    run(*client, "-e", "create database d; create table d.t (a int primary key, b text) engine=innodb")
    run(*client, "d", input="".join("insert into t values (%d, repeat('%d', 400));\n" % (i, i) for i in range(SIZE * 50)))
    run(*client, "d", "-e", "update t set b = concat(b, a) where a % 3 = 0")
    kill(server)
    server = start()
    print(run(*client, "d", "-e", "select count(*), md5(group_concat(md5(b) order by a)) from t"))
    checked = run("mariadb-check", "--no-defaults", "--socket=" + socket, "--user=root", "--databases", "d")
    print(checked.split())
    server.terminate()
    server.wait()


def git():
    environment = dict(os.environ, GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null")
    for who in "AUTHOR", "COMMITTER":
        environment.update({"GIT_%s_NAME" % who: "n", "GIT_%s_EMAIL" % who: "e", "GIT_%s_DATE" % who: "1700000000 +0000"})

    def of(folder, *words):
        return run("git", "-C", folder, "-c", "init.defaultBranch=main", "-c", "gc.auto=0", *words, env=environment,
                   stderr=subprocess.DEVNULL)

    os.mkdir("origin")
    of("origin", "init", "-q")
    source = random.Random(1)
    for commit in range(SIZE * 5):
        for file in range(10):
            path = "origin/d%d/f%d" % (source.randrange(5), source.randrange(30))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "ab") as f:
                f.write(source.randbytes(source.randrange(3000)))
        of("origin", "add", "-A")
        of("origin", "commit", "-q", "-m", "c%d" % commit)
    of(".", "clone", "-q", "--no-hardlinks", "origin", "clone")
    of("clone", "gc", "-q", "--aggressive", "--prune=now")
    of("clone", "fsck", "--full", "--strict")
    print(of("clone", "rev-parse", "HEAD"), of("clone", "rev-list", "--count", "HEAD"), of("clone", "status", "-s"))
    of("origin", "repack", "-adq")
    print(of("origin", "count-objects", "-v").split("\n")[0], of("origin", "status", "-s"))


def java():
    print(run(sys.argv[3], "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", os.path.dirname(os.path.abspath(__file__)) + "/MappedFiles.java", HERE, str(SIZE)))


{f.__name__: f for f in (sqlite, redis, postgresql, mariadb, git, java)}[sys.argv[1]]()
shutil.rmtree("/tmp/programs-%d" % os.getpid(), ignore_errors=True)
