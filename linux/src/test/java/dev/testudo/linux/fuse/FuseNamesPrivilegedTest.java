package dev.testudo.linux.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.sys.Errno;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Names, attributes and errors on a mount that this process serves. Needs root.
@Timeout(200)
class FuseNamesPrivilegedTest {
  @TempDir private Path folder;

  @Test
  void namesHaveAnyBytesAndUpTo255OfThem() throws Exception {
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        mount ->
            mount.python(
                """
                every = bytes(b for b in range(1, 256) if b != ord('/'))
                for name in every[:127], every[127:], b'x' * 255, b'...', b' ':
                  open(name, 'x').close()
                  assert name in os.listdir(b'.')
                for call in os.stat, os.mkdir, os.unlink, os.rmdir, os.readlink:
                  try:
                    call(b'y' * 256)
                    assert False, call
                  except OSError as e:
                    assert e.errno == errno.ENAMETOOLONG, (call, e)
                """));
  }

  @Test
  void aLongListingIsCompleteAndGoesOnWhereSeekdirSays() throws Exception {
    var files = new MemoryFileSystem();
    var root = FuseRequest.of(1, new FuseOwnership(0, 0), 0);
    for (var i = 0; i < 100_000; i++) {
      var name = ("entry-" + i).getBytes(StandardCharsets.US_ASCII);
      files.makeNode(root, name, new FuseCreation(0x8000 | 0644, 0, 0));
    }
    OnFuse.run(
        folder,
        files,
        mount -> {
          mount.python(
              """
              import ctypes
              assert len(set(e.name for e in os.scandir('.'))) == 100000
              c = ctypes.CDLL(None)
              class Entry(ctypes.Structure):
                _fields_ = [('ino', ctypes.c_uint64), ('off', ctypes.c_int64),
                            ('len', ctypes.c_uint16), ('type', ctypes.c_uint8),
                            ('name', ctypes.c_char * 256)]
              c.opendir.restype = ctypes.c_void_p
              c.readdir.restype = ctypes.POINTER(Entry)
              c.telldir.restype = ctypes.c_long
              d = ctypes.c_void_p(c.opendir(b'.'))
              for i in range(50000): c.readdir(d)
              place = c.telldir(d)
              name = c.readdir(d).contents.name
              for i in range(20000): c.readdir(d)
              os.unlink(b'entry-7')
              open(b'new', 'x').close()
              c.seekdir(d, ctypes.c_long(place))
              assert c.readdir(d).contents.name == name
              c.rewinddir(d)
              names = set()
              while True:
                e = c.readdir(d)
                if not e: break
                names.add(bytes(e.contents.name))
              assert b'new' in names and b'entry-7' not in names and len(names) == 100002
              """);
          mount.sh("ls -l | wc -l");
        });
  }

  @Test
  void renamesKnowTheirFlags() throws Exception {
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        mount ->
            mount.python(
                """
                import ctypes
                c = ctypes.CDLL(None, use_errno=True)
                def rename(a, b, flags):
                  r = c.renameat2(-100, a.encode(), -100, b.encode(), flags)
                  return errno.errorcode[ctypes.get_errno()] if r else 'done'
                for name in 'one', 'two':
                  with open(name, 'w') as f: f.write(name)
                os.mkdir('d')
                assert rename('one', 'two', 1) == 'EEXIST'
                assert rename('one', 'two', 2) == 'done'
                assert open('two').read() == 'one' and open('one').read() == 'two'
                assert rename('one', 'none', 2) == 'ENOENT'
                assert rename('one', 'd/three', 1) == 'done'
                os.rename('two', 'd/three')
                assert open('d/three').read() == 'one' and os.listdir('.') == ['d']
                os.mkdir('e')
                os.rename('d', 'e')
                assert os.listdir('e') == ['three']
                """));
  }

  @Test
  void linksAttributesAndUnnamedFiles() throws Exception {
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        mount ->
            mount.python(
                """
                import stat
                open('f', 'w').write('x')
                os.link('f', 'g')
                assert os.stat('f').st_nlink == 2 and os.path.samefile('f', 'g')
                os.unlink('f')
                assert os.stat('g').st_nlink == 1 and open('g').read() == 'x'
                os.symlink('g' * 4095, 'l')
                assert os.readlink('l') == 'g' * 4095
                for value in b'', b'v', bytes(65536):
                  os.setxattr('g', 'user.a', value)
                  assert os.getxattr('g', 'user.a') == value
                os.setxattr('g', b'user.' + b'n' * 250, b'')
                assert len(os.listxattr('g')) == 2
                os.removexattr('g', 'user.a')
                try: os.getxattr('g', 'user.a'); assert False
                except OSError as e: assert e.errno == errno.ENODATA
                os.mkfifo('p')
                assert stat.S_ISFIFO(os.stat('p').st_mode)
                for t in -10**11, -1, 2**32 + 5, 10**12:
                  os.utime('g', ns=(t * 10**9 + 7, t * 10**9 + 8))
                  assert os.stat('g').st_mtime_ns == t * 10**9 + 8, t
                t = os.open('.', os.O_TMPFILE | os.O_RDWR)
                os.write(t, b'unnamed')
                os.link('/proc/self/fd/%d' % t, 't', src_dir_fd=0, follow_symlinks=True)
                assert open('t').read() == 'unnamed'
                os.chmod('t', 0o4755)
                os.chown('t', 5, 6)
                assert (os.stat('t').st_uid, os.stat('t').st_gid) == (5, 6)
                s = os.statvfs('.')
                assert s.f_namemax == 255 and s.f_bsize == 4096
                """));
  }

  @Test
  void theTimeOfBirthIsReported() throws Exception {
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        mount -> assertEquals("-77", mount.sh("touch f; stat -c %W f")));
  }

  @Test
  void sparseFilesHaveHoles() throws Exception {
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        mount ->
            mount.python(
                """
                f = os.open('f', os.O_RDWR | os.O_CREAT)
                os.ftruncate(f, 64 << 30)
                os.pwrite(f, b'data', 3 << 20)
                os.fsync(f)
                assert os.lseek(f, 0, os.SEEK_DATA) == 3 << 20
                assert os.lseek(f, 3 << 20, os.SEEK_HOLE) == (3 << 20) + 4096
                assert os.stat('f').st_size == 64 << 30
                assert os.pread(f, 10, (64 << 30) - 5) == bytes(5)
                os.posix_fallocate(f, 0, 65 << 30)
                assert os.stat('f').st_size == 65 << 30
                os.system('fallocate -p -o 3145728 -l 4096 f')
                assert os.pread(f, 4, 3 << 20) == bytes(4)
                """));
  }

  @Test
  void aFullFileSystemSaysSo() throws Exception {
    OnFuse.run(
        folder,
        new MemoryFileSystem(FuseLifetimes.UNLIMITED, 512),
        mount ->
            mount.python(
                """
                f = os.open('f', os.O_RDWR | os.O_CREAT)
                try:
                  os.write(f, bytes(4 << 20))
                  os.fsync(f)
                  assert False
                except OSError as e:
                  assert e.errno == errno.ENOSPC
                os.unlink('f')
                """));
  }

  @Test
  void anUnexpectedExceptionIsAnErrorForOneProgramOnly() throws Exception {
    var files =
        new MemoryFileSystem() {
          @Override
          public synchronized void setAttribute(
              FuseRequest in, byte[] name, byte[] value, int flags) {
            throw new IllegalStateException("a defect");
          }

          @Override
          public synchronized byte[] attribute(FuseRequest in, byte[] name) throws FuseError {
            throw new FuseError(Errno.EDQUOT);
          }
        };
    OnFuse.run(
        folder,
        files,
        mount -> {
          var failed =
              mount.python(
                  "open('f', 'w')\ntry: os.setxattr('f', 'user.a', b'')\n"
                      + "except OSError as e: print(e.errno)");
          assertEquals(String.valueOf(Errno.EIO), failed);
          assertEquals(
              String.valueOf(Errno.EDQUOT),
              mount.python("try: os.getxattr('f', 'user.a')\nexcept OSError as e: print(e.errno)"));
          assertEquals(1, mount.failures.size());
          assertEquals(1, mount.server.counters().failed());
          mount.sh("echo still > works");
        });
  }

  @Test
  void aProgramThatGetsASignalIsNotKeptWaiting() throws Exception {
    var waits = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    var files =
        new MemoryFileSystem() {
          @Override
          @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it waits
          public List<byte[]> attributes(FuseRequest in) throws FuseError {
            waits.countDown();
            while (!in.isInterrupted()) {
              LockSupport.parkNanos(1_000_000);
            }
            interrupted.countDown();
            throw new FuseError(Errno.EINTR);
          }
        };
    OnFuse.run(
        folder,
        files,
        mount -> {
          mount.sh("touch f");
          var program = new ProcessBuilder("getfattr", mount.top.resolve("f").toString()).start();
          try {
            assertTrue(waits.await(30, TimeUnit.SECONDS));
            program.destroy();
            assertTrue(program.waitFor(30, TimeUnit.SECONDS));
            assertTrue(interrupted.await(30, TimeUnit.SECONDS));
          } finally {
            program.destroyForcibly();
          }
        });
  }

  @Test
  void unlinkedFilesLiveAsLongAsTheyAreOpen() throws Exception {
    var files = new MemoryFileSystem();
    OnFuse.run(
        folder,
        files,
        mount -> {
          mount.python(
              """
              f = open('f', 'w+')
              f.write('kept'); f.flush()
              os.unlink('f')
              f.seek(0)
              assert f.read() == 'kept' and os.fstat(f.fileno()).st_nlink == 0
              """);
          long deadline = System.nanoTime() + OnFuse.PATIENCE.toNanos();
          while (files.inodes() > 1 && System.nanoTime() < deadline) {
            Thread.sleep(Duration.ofMillis(5));
          }
          assertEquals(1, files.inodes());
        });
  }

  @Test
  void changesBehindTheKernelAreSeenOnceItIsTold() throws Exception {
    var files = new MemoryFileSystem();
    OnFuse.run(
        folder,
        files,
        mount -> {
          mount.sh("echo before > f; cat f");
          var root = FuseRequest.of(1, new FuseOwnership(0, 0), 0);
          long node = files.lookup(root, new byte[] {'f'}).node();
          change(files, node, "after!\n");
          assertEquals("before", mount.sh("cat f"));
          mount.server.notifier().invalidateInode(node, 0, 0);
          assertEquals("after!", mount.sh("cat f"));
          mount.sh("test ! -e g");
          files.makeNode(root, new byte[] {'g'}, new FuseCreation(0x8000 | 0644, 0, 0));
          mount.sh("test ! -e g");
          mount.server.notifier().invalidateEntry(1, new byte[] {'g'});
          mount.sh("test -e g");
        });
  }

  private static void change(MemoryFileSystem files, long node, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.US_ASCII);
    var range = new FuseRange(0, 0, bytes.length);
    files.write(
        FuseRequest.of(node, new FuseOwnership(0, 0), 0),
        new FuseWrite(range, bytes, 0, false, false));
  }
}
