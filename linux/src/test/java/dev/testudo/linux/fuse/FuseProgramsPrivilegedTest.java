package dev.testudo.linux.fuse;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Programs on a mount that this process serves. Needs root.
@Timeout(200)
class FuseProgramsPrivilegedTest {
  @TempDir private Path folder;

  @Test
  void filesHaveTheBytesThatWereWritten() throws Exception {
    var bytes = new byte[3 << 20];
    new Random(1).nextBytes(bytes);
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        mount -> {
          Files.write(mount.top.resolve("file"), bytes);
          assertArrayEquals(bytes, Files.readAllBytes(mount.top.resolve("file")));
          assertEquals(bytes.length, Files.size(mount.top.resolve("file")));
        });
  }

  @Test
  void aTreeThatIsCopiedIsTheSame() throws Exception {
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        OnFuse.SETTINGS,
        2,
        mount -> {
          mount.sh("cp -a /usr/include/linux . & cp -a /usr/share/perl5 . & wait; wait");
          mount.sh("diff -r /usr/include/linux linux && diff -r /usr/share/perl5 perl5");
          mount.sh("test $(find linux | wc -l) = $(find /usr/include/linux | wc -l)");
          mount.sh("rm -r linux perl5 && test -z \"$(ls -A)\"");
        });
  }

  @Test
  void largeWritesArriveInPiecesOfOneMebibyte() throws Exception {
    var largest = new AtomicInteger();
    var files =
        new MemoryFileSystem() {
          @Override
          public synchronized void write(FuseRequest in, FuseWrite write) throws FuseError {
            largest.accumulateAndGet(write.length(), Math::max);
            super.write(in, write);
          }
        };
    OnFuse.run(
        folder,
        files,
        mount -> mount.sh("dd if=/dev/zero of=f bs=1M count=32 conv=fsync status=none"));
    assertEquals(1 << 20, largest.get());
  }

  @Test
  void smallerTransfersAreKeptTo() throws Exception {
    var largest = new AtomicInteger();
    var files =
        new MemoryFileSystem() {
          @Override
          public synchronized void write(FuseRequest in, FuseWrite write) throws FuseError {
            largest.accumulateAndGet(write.length(), Math::max);
            super.write(in, write);
          }
        };
    OnFuse.run(
        folder,
        files,
        OnFuse.SETTINGS.withTransfer(256 << 10),
        0,
        mount -> {
          mount.sh("dd if=/dev/urandom of=f bs=1M count=8 conv=fsync status=none");
          mount.sh("dd if=f of=g bs=4M iflag=direct oflag=direct status=none && cmp f g");
        });
    assertEquals(256 << 10, largest.get());
  }

  @Test
  void mappedFilesAreWrittenBackBeforeTheMountIsGone() throws Exception {
    var files = new MemoryFileSystem();
    OnFuse.run(
        folder,
        files,
        mount ->
            mount.python(
                """
                import mmap
                f = os.open('f', os.O_RDWR | os.O_CREAT, 0o600)
                os.ftruncate(f, 10000)
                m = mmap.mmap(f, 10000)
                os.close(f)
                m[0:5] = b'first'
                m[9990:9994] = b'last'
                """));
    var node = files.lookup(FuseRequest.of(1, new FuseOwnership(0, 0), 0), new byte[] {'f'}).node();
    var read = new byte[10000];
    var range = new FuseRange(0, 0, read.length);
    files.read(FuseRequest.of(node, new FuseOwnership(0, 0), 0), new FuseRead(range, read, 0));
    assertEquals("first", new String(read, 0, 5, US_ASCII));
    assertEquals("last", new String(read, 9990, 4, US_ASCII));
  }

  @Test
  void directFilesBypassTheCacheAndCanBeMapped() throws Exception {
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        mount -> {
          mount.sh("dd if=/dev/urandom of=f bs=8k count=64 oflag=direct status=none");
          mount.sh("dd if=f of=g bs=1000 iflag=direct oflag=direct status=none; cmp f g");
          assertTrue(mount.server.agreement().orElseThrow().mapsDirectFiles());
          mount.python(
              """
              import mmap
              f = os.open('f', os.O_RDWR | os.O_DIRECT)
              m = mmap.mmap(f, 8192)
              m[0:4] = b'abcd'
              m.flush()
              assert open('f', 'rb').read(4) == b'abcd'
              """);
        });
  }

  @Test
  void databasesWork() throws Exception {
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        mount ->
            mount.python(
                """
                import sqlite3
                for mode in 'wal', 'delete':
                  d = sqlite3.connect(mode + '.db')
                  assert d.execute('pragma journal_mode=' + mode).fetchone()[0] == mode
                  d.execute('create table t (a integer primary key, b blob)')
                  for i in range(50):
                    with d:
                      d.execute('insert into t values (?, randomblob(3000))', (i,))
                  assert d.execute('pragma integrity_check').fetchone()[0] == 'ok'
                  d.close()
                """));
  }

  @Test
  void locksOfTwoProcessesExcludeEachOther() throws Exception {
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        mount -> {
          mount.sh("flock f sh -c '! flock -n f true'");
          mount.python(
              """
              import fcntl
              f = open('f', 'w')
              fcntl.lockf(f, fcntl.LOCK_EX)
              if os.fork() == 0:
                try:
                  fcntl.lockf(open('f', 'w'), fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                  os._exit(0)
                os._exit(1)
              assert os.wait()[1] == 0
              """);
        });
  }
}
