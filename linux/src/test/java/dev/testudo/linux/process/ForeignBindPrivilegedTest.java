package dev.testudo.linux.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.process.ForeignBind.Reading;
import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.UnixPath;
import dev.testudo.linux.sys.Sockets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Needs root, for other root directories and mount namespaces, and a kernel with Landlock.
@Timeout(200)
class ForeignBindPrivilegedTest {
  @TempDir Path folder;

  private static Fd open(Path path) throws Exception {
    return dev.testudo.linux.sys.Files.open(path.toString(), dev.testudo.linux.sys.Files.O_PATH);
  }

  /// Binds to `name`, and checks that the kernel reports that name.
  private static OptionalInt bind(String name, Reading reading) throws Exception {
    var address = new UnixPath(name);
    try (var socket = Sockets.socket(SocketAddress.AF_UNIX, Sockets.SOCK_DGRAM, 0)) {
      var errno = ForeignBind.bind(socket, address.encode(), reading);
      if (errno.equals(OptionalInt.of(0))) {
        assertEquals(address, Sockets.getsockname(socket));
      }
      return errno;
    }
  }

  @Test
  void aRelativeNameBeginsInTheGivenDirectory() throws Exception {
    try (var here = open(folder)) {
      var reading = new Reading(Optional.empty(), Optional.of(here), here, Credentials.own());
      assertEquals(OptionalInt.of(0), bind("name", reading));
    }
    assertTrue(Files.exists(folder.resolve("name")));
  }

  @Test
  void aNameThatLeadsElsewhereMakesNoFile() throws Exception {
    var elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    var decided = Files.createDirectory(folder.resolve("decided"));
    try (var there = open(decided)) {
      var reading = new Reading(Optional.empty(), Optional.empty(), there, Credentials.own());
      assertEquals(OptionalInt.of(Errno.EACCES), bind(elsewhere + "/name", reading));
      assertEquals(OptionalInt.of(0), bind(decided + "/name", reading));
    }
    assertFalse(Files.exists(elsewhere.resolve("name")));
  }

  @Test
  void anAbsoluteNameIsReadInAnotherMountNamespace() throws Exception {
    var script = "mount -t tmpfs none " + folder + " && echo mounted && exec cat";
    var other = new ProcessBuilder("unshare", "-m", "sh", "-c", script).start();
    try {
      assertEquals("mounted", other.inputReader().readLine());
      var its = Path.of("/proc/" + other.pid() + "/root");
      var inside = its.resolve(folder.toString().substring(1));
      try (var root = open(its);
          var there = open(inside)) {
        var ids = Credentials.of((int) other.pid());
        var reading = new Reading(Optional.of(root), Optional.empty(), there, ids);
        assertEquals(OptionalInt.of(0), bind(folder + "/name", reading));
      }
      assertTrue(Files.exists(inside.resolve("name")));
      assertFalse(Files.exists(folder.resolve("name")));
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  void anotherUserBindsBelowAnotherRootAndThisThreadStaysWhereItIs() throws Exception {
    var root = Files.createDirectory(folder.resolve("root"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
    var nobody = new Credentials(65_534, 65_534, List.of(), 0, 0);
    var before = Credentials.own();
    try (var its = open(root)) {
      var reading = new Reading(Optional.of(its), Optional.of(its), its, nobody);
      assertEquals(OptionalInt.of(0), bind("/name", reading));
    }
    assertEquals(65_534, Files.getAttribute(root.resolve("name"), "unix:uid"));
    assertEquals(before, Credentials.own());
    assertFalse(Files.exists(Path.of("/name")));
  }
}
