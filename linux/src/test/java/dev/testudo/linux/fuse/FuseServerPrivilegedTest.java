package dev.testudo.linux.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.DescriptorMessages;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How serving begins and ends, and who can serve. Needs root.
@Timeout(200)
class FuseServerPrivilegedTest {
  @TempDir private Path folder;

  /// Starts this JVM's program in another process.
  private static Process start(List<String> prefix, String... arguments) throws IOException {
    var words = new ArrayList<>(prefix);
    words.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath(),
            FuseProgram.class.getName()));
    words.addAll(List.of(arguments));
    return new ProcessBuilder(words).redirectErrorStream(true).start();
  }

  /// The classes of this module and of its tests, and libraries.
  private static String classPath() {
    var tests = Path.of("target/test-classes").toAbsolutePath().toString();
    return String.join(
        ":",
        Path.of("target/classes").toAbsolutePath().toString(),
        tests,
        System.getProperty("jdk.module.path", ""),
        System.getProperty("java.class.path"));
  }

  private static void end(Process process) throws InterruptedException {
    process.destroyForcibly();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
  }

  private static int errno(String script) throws Exception {
    var python = new ProcessBuilder("/usr/bin/python3", "-c", "import os, sys\n" + script);
    var process = python.redirectErrorStream(true).start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return process.exitValue();
  }

  private int errnoOfStat(Path path) throws Exception {
    return errno("try: os.stat('%s')\nexcept OSError as e: sys.exit(e.errno)".formatted(path));
  }

  @Test
  void aKilledServerMeansThatNothingIsConnected() throws Exception {
    var top = Files.createDirectory(folder.resolve("top"));
    OnFuse.onItsOwnThread(
        () -> {
          Mounts.unshare();
          var server = start(List.of(), "mount", "/dev/fuse", top.toString());
          try {
            assertEquals("ready", server.inputReader().readLine());
            assertEquals(0, errnoOfStat(top));
          } finally {
            end(server);
          }
          assertEquals(Errno.ENOTCONN, errnoOfStat(top.resolve("f")));
          FuseMount.detach(top);
          assertEquals(0, errnoOfStat(top));
          return true;
        });
  }

  @Test
  void anotherProcessServesTheDevicesThatItIsSent() throws Exception {
    var top = Files.createDirectory(folder.resolve("top"));
    var path = folder.resolve("socket").toString();
    OnFuse.onItsOwnThread(
        () -> {
          Mounts.unshare();
          var listener = Sockets.socket(SocketAddress.AF_UNIX, Sockets.SOCK_STREAM, 0);
          Sockets.bind(listener, new SocketAddress.UnixPath(path));
          Sockets.listen(listener, 1);
          Sockets.setOption(
              listener,
              Sockets.SOL_SOCKET,
              Sockets.SO_RCVTIMEO,
              new byte[] {30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}); // seconds
          Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
          var server = start(unprivileged(), "receive", path);
          try (listener) {
            Files.setPosixFilePermissions(
                Path.of(path), PosixFilePermissions.fromString("rwxrwxrwx"));
            handOver(listener, top);
            assertEquals("ready", server.inputReader().readLine());
            Files.writeString(top.resolve("f"), "served by another process");
            assertEquals("served by another process", Files.readString(top.resolve("f")));
            server.getOutputStream().close();
            assertEquals("Optional[Stopped[]]", server.inputReader().readLine());
            assertEquals(Errno.ENOTCONN, errnoOfStat(top.resolve("g")));
          } finally {
            end(server);
            FuseMount.detach(top);
          }
          return true;
        });
  }

  /// Mounts, and sends three devices to whoever connects. This process keeps none.
  private static void handOver(dev.testudo.linux.sys.Fd listener, Path top) throws Exception {
    try (var device = FuseDevice.open()) {
      FuseMount.mount(device, top, OnFuse.options());
      try (var second = device.copy(FuseDevice.PATH);
          var third = device.copy(FuseDevice.PATH)) {
        Optional<Sockets.Accepted> peer = Sockets.accept4(listener, 0);
        try (var socket = peer.orElseThrow().fd()) {
          DescriptorMessages.send(
              socket, new byte[1], List.of(device.fd(), second.fd(), third.fd()));
        }
      }
    }
  }

  private static List<String> unprivileged() {
    return List.of(
        "setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "--no-new-privs", "--");
  }

  @Test
  void anOrdinaryUserMountsInItsOwnUserNamespace() throws Exception {
    var top = Files.createDirectory(folder.resolve("top"));
    var device = folder.resolve("fuse");
    assertEquals(
        0,
        new ProcessBuilder("mknod", "-m", "666", device.toString(), "c", "10", "229")
            .start()
            .waitFor());
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.setAttribute(top, "unix:uid", 1000);
    var prefix = new ArrayList<>(unprivileged());
    prefix.addAll(List.of("unshare", "--user", "--map-current-user", "--mount", "--keep-caps"));
    var server = start(prefix, "mount", device.toString(), top.toString());
    try {
      assertEquals("ready", server.inputReader().readLine());

      var program =
          new ProcessBuilder(
              "nsenter",
              "--user",
              "--setuid",
              "1000",
              "--setgid",
              "1000",
              "--mount",
              "-t",
              Long.toString(server.pid()),
              "sh",
              "-c",
              "cd $0 && echo yes > f && cat f && stat -c %u f",
              top.toString());
      var said = program.redirectErrorStream(true).start();
      assertEquals("yes", said.inputReader().readLine());
      assertEquals("1000", said.inputReader().readLine());

      assertFalse(Files.exists(top.resolve("f")));
    } finally {
      end(server);
    }
  }

  @Test
  void aServerThatStopsAbortsTheConnectionAfterItsRequests() throws Exception {
    var waits = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var files =
        new MemoryFileSystem() {
          @Override
          @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it waits
          public List<byte[]> attributes(FuseRequest in) {
            waits.countDown();
            try {
              go.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return List.of("user.a".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
          }
        };
    OnFuse.run(
        folder,
        files,
        mount -> {
          var asking = "print(os.listxattr('%s'))".formatted(mount.top);
          var program =
              new ProcessBuilder("/usr/bin/python3", "-c", "import os\n" + asking).start();
          waits.await();
          assertFalse(mount.server.stop(Duration.ofMillis(100)));
          go.countDown();
          assertTrue(mount.server.stop(Duration.ofSeconds(30)));
          assertEquals("['user.a']", program.inputReader().readLine());
          assertEquals(Optional.of(new FuseEnd.Stopped()), mount.server.awaitEnd(Duration.ZERO));
          assertEquals(Errno.ENOTCONN, errnoOfStat(mount.top));
          FuseMount.detach(mount.top);
        });
  }

  @Test
  void anAbortedMountEndsTheServer() throws Exception {
    var control = Files.createDirectory(folder.resolve("control"));
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        mount -> {
          mount.sh("mount -t fusectl none " + control);
          mount.sh("echo 1 > %s/$(($(stat -c %%d .) & 255))/abort".formatted(control));
          assertEquals(new FuseEnd.Aborted(), mount.server.awaitEnd(OnFuse.PATIENCE).orElseThrow());
          FuseMount.detach(mount.top);
        });
  }

  @Test
  void aMountThatIsRemovedByForceEndsTheServer() throws Exception {
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        mount -> {
          Files.writeString(mount.top.resolve("f"), "f");
          FuseMount.abort(mount.top);
          assertTrue(mount.server.awaitEnd(OnFuse.PATIENCE).isPresent());
          assertFalse(Files.exists(mount.top.resolve("f")));
        });
  }

  @Test
  void aMountThatIsUsedIsNotUnmountedButDetached() throws Exception {
    OnFuse.run(
        folder,
        new MemoryFileSystem(),
        mount -> {
          Files.writeString(mount.top.resolve("f"), "still readable");
          try (var open = Files.newInputStream(mount.top.resolve("f"))) {
            var refused = assertThrows(ErrnoException.class, () -> FuseMount.unmount(mount.top));
            assertEquals(Errno.EBUSY, refused.errno());
            FuseMount.detach(mount.top);
            assertFalse(Files.exists(mount.top.resolve("f")));
            assertEquals('s', open.read());
            assertTrue(mount.server.awaitEnd(Duration.ofMillis(50)).isEmpty());
          }
          assertEquals(
              new FuseEnd.Unmounted(), mount.server.awaitEnd(OnFuse.PATIENCE).orElseThrow());
        });
  }

  @Test
  void anErrorInTheServerKeepsNobodyWaiting() throws Exception {
    var files =
        new MemoryFileSystem() {
          @Override
          public synchronized List<byte[]> attributes(FuseRequest in) {
            throw new StackOverflowError("an error of the machine");
          }
        };
    OnFuse.run(
        folder,
        files,
        mount -> {
          int errno =
              errno(
                  "try: os.listxattr('%s')\nexcept OSError as e: sys.exit(e.errno)"
                      .formatted(mount.top));
          assertEquals(Errno.ECONNABORTED, errno);
          var end = mount.server.awaitEnd(OnFuse.PATIENCE).orElseThrow();
          assertEquals(StackOverflowError.class, ((FuseEnd.Failed) end).reason().getClass());
          FuseMount.detach(mount.top);
        });
  }

  @Test
  void aDeviceThatIsNotMountedHasNoCopies() throws Exception {
    try (var device = FuseDevice.open()) {
      var refused = assertThrows(ErrnoException.class, () -> device.copy(FuseDevice.PATH));
      assertTrue(List.of(Errno.EINVAL, Errno.EPERM).contains(refused.errno()));
    }
  }
}
