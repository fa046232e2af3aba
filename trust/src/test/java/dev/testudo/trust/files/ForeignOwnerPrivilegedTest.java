package dev.testudo.trust.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.files.OwnedException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that another user could replace are refused, even by root. Needs root.
class ForeignOwnerPrivilegedTest {
  private static final int NOBODY = 65534;

  @TempDir private Path work;

  @Test
  void aDirectoryOfAnotherUserIsRefused() throws IOException {
    var theirs = Files.createDirectory(work.resolve("theirs"));
    Files.setAttribute(theirs, "unix:uid", NOBODY);
    var kind = new OwnDirectory.Kind("tests", Set.of(), Set.of());
    var refused = assertThrows(OwnedException.class, () -> OwnDirectory.open(theirs, kind));
    assertEquals(Reason.OTHER_OWNER, refused.reason());
    assertEquals(theirs, refused.file());
    assertEquals(NOBODY, Files.getAttribute(theirs, "unix:uid"));
  }

  @Test
  void aSecretOfAnotherUserIsRefused() throws IOException {
    var key = Files.createFile(work.resolve("seal.key"));
    Files.setAttribute(key, "unix:mode", 0600);
    Owned.requireSecret(key);
    Files.setAttribute(key, "unix:uid", NOBODY);
    var refused = assertThrows(OwnedException.class, () -> Owned.requireSecret(key));
    assertEquals(Reason.OTHER_OWNER, refused.reason());
  }
}
