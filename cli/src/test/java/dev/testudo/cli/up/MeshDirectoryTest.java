package dev.testudo.cli.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.trust.files.OwnedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshDirectoryTest {
  @TempDir Path work;

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void onlyItsOwnerSeesTheState() throws Exception {
    var root = work.resolve("a/b/state");
    try (var state = MeshDirectory.open(root)) {
      assertEquals("rwx------", mode(root));
      assertEquals("rwx------", mode(state.run()));
      assertEquals("rwx------", mode(state.sockets()));
    }
  }

  @Test
  void aFolderThatWasThereKeepsItsModeAndWhatIsInItIsClosedToOthers() throws Exception {
    var root = Files.createDirectory(work.resolve("state"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (var state = MeshDirectory.open(root)) {
      assertEquals("rwxr-xr-x", mode(root));
      assertEquals("rwx------", mode(state.run()));
    }
  }

  @Test
  void aFolderOfOtherThingsIsLeftAlone() throws Exception {
    var root = Files.createDirectory(work.resolve("documents"));
    Files.writeString(root.resolve("letter"), "");
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    var refused = assertThrows(OwnedException.class, () -> MeshDirectory.open(root));
    assertEquals(OwnedException.Reason.OTHER_CONTENT, refused.reason());
    try (var files = Files.list(root)) {
      assertEquals(1, files.count());
    }
    assertEquals("rwxr-xr-x", mode(root));
    Files.delete(root.resolve("letter"));
    MeshDirectory.open(root).close();
  }

  @Test
  void aSecondRunIsRefusedWhileTheFirstLasts() throws Exception {
    var root = work.resolve("state");
    try (var first = MeshDirectory.open(root)) {
      var refused = assertThrows(CommandFailed.class, () -> MeshDirectory.open(root));
      assertEquals(ExitCode.ENVIRONMENT_FAILED, refused.code());
      assertEquals(
          "the mesh of %s is up already (pid %d); stop it first, or give this one another --state"
              .formatted(root, ProcessHandle.current().pid()),
          refused.line());
      assertTrue(Files.exists(first.run().resolve("lock")));
    }
    MeshDirectory.open(root).close();
  }

  @Test
  void whatAKilledRunLeftBehindIsRemoved() throws Exception {
    var root = work.resolve("state");
    Files.createDirectories(root.resolve("run/events"));
    Files.writeString(root.resolve("run/lock"), "4711\n");
    Files.writeString(root.resolve("run/mesh.json"), "{}");
    Files.writeString(root.resolve("run/events/redis.sock"), "");
    try (var state = MeshDirectory.open(root)) {
      assertFalse(Files.exists(state.run().resolve("mesh.json")));
      assertFalse(Files.exists(root.resolve("run/events/redis.sock")));
    }
  }

  @Test
  void socketsAreElsewhereWhenTheirPathWouldBeTooLong() throws Exception {
    var root = work.resolve("x".repeat(100));
    Path sockets;
    try (var state = MeshDirectory.open(root)) {
      sockets = state.sockets();
      assertTrue(sockets.toString().length() < 80, sockets.toString());
      assertEquals("rwx------", mode(sockets));
    }
    assertFalse(Files.exists(sockets));
  }

  @Test
  void aServiceNameCannotLeadOutOfTheState() {
    assertEquals("_._.._etc_x", MeshDirectory.fileName("../../etc/x"));
    assertEquals("_hidden", MeshDirectory.fileName(".hidden"));
  }

  @Test
  void replacingAFileNeverLeavesHalfOfIt() throws Exception {
    var file = work.resolve("mesh.json");
    PrivateFiles.replace(file, "one");
    PrivateFiles.replace(file, "two");
    assertEquals("two", Files.readString(file));
    try (var files = Files.list(work)) {
      assertEquals(1, files.count());
    }
  }
}
