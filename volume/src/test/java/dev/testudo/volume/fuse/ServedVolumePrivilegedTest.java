package dev.testudo.volume.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.file.Inode;
import dev.testudo.volume.file.KnownInode;
import dev.testudo.volume.store.MemoryStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What programs notice of a mounted volume. Needs root.
@Timeout(300)
class ServedVolumePrivilegedTest {
  @TempDir private Path folder;

  private final MemoryStore store = new MemoryStore(8192, 1 << 16);

  @Test
  void aTreeIsTheSameAfterTheVolumeIsMountedAgain() throws Exception {
    try (var volume = new OnVolume(folder, store)) {
      volume.sh("cp -a /usr/include/linux . && ln -s linux link && ln linux/fuse.h hard");
      volume.sh("diff -r /usr/include/linux linux");
    }
    try (var volume = new OnVolume(folder, store)) {
      volume.sh("diff -r /usr/include/linux link/ && test hard -ef linux/fuse.h");
      volume.sh("rm -r linux link hard && test -z \"$(ls -A)\"");
    }
  }

  @Test
  void theSpaceOfAFileIsKnownAMomentLaterAlsoWhenItsAttributesWereAsked() throws Exception {
    try (var volume = new OnVolume(folder, store)) {
      volume.python(
          """
          import time
          def wait_for(blocks):
            for _ in range(1000):
              if os.fstat(f).st_blocks == blocks: return
              time.sleep(0.01)
            assert False, os.fstat(f).st_blocks
          f = os.open('f', os.O_RDWR | os.O_CREAT, 0o600)
          for i in range(1, 6):
            wait_for((i - 1) * 128)
            os.write(f, bytes(65536))
            os.fsync(f)
          wait_for(5 * 128)
          """);
    }
  }

  @Test
  void oneHundredThousandFilesFitIntoADirectory() throws Exception {
    try (var volume = new OnVolume(folder, store)) {
      var directory = create(volume.files, KnownInode.ROOT, "d", Inode.DIRECTORY | 0755);
      for (var i = 0; i < 100_000; i++) {
        create(volume.files, directory, "file-" + i, Inode.FILE | 0644);
      }
      volume.python("assert len(set(e.name for e in os.scandir('d'))) == 100000");
    }
    try (var volume = new OnVolume(folder, store)) {
      assertEquals("100000", volume.sh("ls -f d | grep -c file"));
      volume.sh("stat d/file-0 d/file-99999 && rm d/file-5*");
    }
  }

  private static long create(FileSystem files, long directory, String name, int mode)
      throws IOException {
    var bytes = name.getBytes(StandardCharsets.US_ASCII);
    long number = files.create(directory, bytes, mode, FileOwner.ROOT).number();
    files.forget(number, 1);
    return number;
  }

  @Test
  void aSparseFileOf64GibibytesTakesOnlyWhatWasWritten() throws Exception {
    try (var volume = new OnVolume(folder, store)) {
      volume.python(
          """
          f = os.open('f', os.O_RDWR | os.O_CREAT, 0o600)
          os.ftruncate(f, 64 << 30)
          os.pwrite(f, b'data', 40 << 30)
          os.fsync(f)
          assert os.fstat(f).st_size == 64 << 30 and os.fstat(f).st_blocks <= 16
          assert os.pread(f, 100, (40 << 30) - 50) == bytes(50) + b'data' + bytes(46)
          os.ftruncate(f, 0)
          os.fsync(f)
          """);
    }
  }

  @Test
  void dataThatTheKernelHasNotWrittenBackIsNotTakenForAHole() throws Exception {
    try (var volume = new OnVolume(folder, store)) {
      volume.python(
          """
          f = os.open('f', os.O_RDWR | os.O_CREAT, 0o600)
          os.ftruncate(f, 1 << 20)
          os.fsync(f)
          os.pwrite(f, b'data', 500000)
          assert os.lseek(f, 0, os.SEEK_DATA) <= 500000
          os.system('cp --sparse=always f g; cmp f g')
          assert open('g', 'rb').read() == bytes(500000) + b'data' + bytes((1 << 20) - 500004)
          """);
    }
  }

  @Test
  void timesReachFrom1677To2262() throws Exception {
    try (var volume = new OnVolume(folder, store)) {
      volume.python(
          """
          open('f', 'w').close()
          for s in -9 * 10**9, -1, 0, 2**31, 2**32 + 1, 9 * 10**9:
            os.utime('f', ns=(s * 10**9 + 123456789, s * 10**9 + 987654321))
            assert os.stat('f').st_atime_ns == s * 10**9 + 123456789, s
            assert os.stat('f').st_mtime_ns == s * 10**9 + 987654321, s
          """);
    }
    try (var volume = new OnVolume(folder, store)) {
      assertEquals("9000000000", volume.sh("stat -c %Y f"));
    }
  }

  @Test
  void unlinkedFilesLiveAsLongAsTheyAreOpen() throws Exception {
    try (var volume = new OnVolume(folder, store)) {
      volume.python(
          """
          f = open('f', 'wb+', buffering=0)
          f.write(b'x' * 100000)
          os.unlink('f')
          f.write(b'y' * 100000)
          os.fsync(f.fileno())
          f.seek(0)
          assert f.read() == b'x' * 100000 + b'y' * 100000
          assert os.fstat(f.fileno()).st_nlink == 0
          """);
    }
    try (var volume = new OnVolume(folder, store)) {
      assertEquals(1, volume.files.inodes());
      assertEquals("", volume.sh("ls -A"));
    }
  }

  @Test
  void locksOfTwoProcessesExcludeEachOther() throws Exception {
    try (var volume = new OnVolume(folder, store)) {
      volume.sh("flock f sh -c '! flock -n f true'");
      volume.python(
          """
          import fcntl
          f = open('f', 'w')
          fcntl.lockf(f, fcntl.LOCK_EX, 10, 5)
          if os.fork() == 0:
            fcntl.lockf(open('f', 'w'), fcntl.LOCK_EX | fcntl.LOCK_NB, 5, 0)
            try:
              fcntl.lockf(open('f', 'w'), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
              os._exit(0)
            os._exit(1)
          assert os.wait()[1] == 0
          """);
    }
  }

  @Test
  void aFullVolumeSaysSoAndCanBeEmptied() throws Exception {
    try (var volume = new OnVolume(folder, new MemoryStore(8192, 500))) {
      volume.python(
          """
          f = os.open('f', os.O_RDWR | os.O_CREAT, 0o600)
          try:
            for i in range(100):
              os.write(f, bytes([i]) * 100000)
              os.fsync(f)
            assert False
          except OSError as e:
            assert e.errno == errno.ENOSPC
          os.close(f)
          os.unlink('f')
          """);
      volume.sh("dd if=/dev/urandom of=g bs=1M count=2 conv=fsync status=none");
    }
  }

  @Test
  void databasesWork() throws Exception {
    try (var volume = new OnVolume(folder, store)) {
      volume.python(
          """
          import sqlite3
          for mode in 'wal', 'delete':
            d = sqlite3.connect(mode + '.db')
            assert d.execute('pragma journal_mode=' + mode).fetchone()[0] == mode
            d.execute('pragma synchronous=full')
            d.execute('create table t (a integer primary key, b blob)')
            for i in range(100):
              with d:
                d.execute('insert into t values (?, randomblob(3000))', (i,))
            assert d.execute('pragma integrity_check').fetchone()[0] == 'ok'
            d.close()
          """);
    }
  }

  @Test
  void aSharedMountServesOnlyWhomItsJudgeAdmits() throws Exception {
    var open = new AtomicBoolean(true);
    var shared = new Visibility.Shared(_ -> open.get());
    try (var volume = new OnVolume(folder, store, shared)) {
      volume.sh("echo secret > f; cat f");
      open.set(false);
      volume.pythonOutside(
          """
          d = sys.argv[1]
          for call in lambda: open(d + '/f').read(), lambda: os.stat(d), lambda: os.listdir(d):
            try:
              call()
              assert False
            except OSError as e:
              assert e.errno == errno.EACCES
          """);
      open.set(true);
      assertEquals("secret", volume.sh("cat f"));
    }
  }
}
