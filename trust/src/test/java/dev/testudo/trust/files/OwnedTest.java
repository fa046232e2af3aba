package dev.testudo.trust.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.files.OwnedException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedTest {
  @TempDir private Path folder;

  private Path file(String name, String mode) throws IOException {
    var file = Files.writeString(folder.resolve(name), "x");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static void assertNoSecret(Reason reason, Path file) {
    var refused = assertThrows(OwnedException.class, () -> Owned.requireSecret(file));
    assertEquals(reason, refused.reason(), refused.getMessage());
    assertEquals(file, refused.file());
  }

  @Test
  void aSecretIsInAFileThatNobodyElseCanReadOrChange() throws IOException {
    var secret = file("secret", "rw-------");
    Owned.requireSecret(secret);
    assertNoSecret(Reason.READABLE_BY_OTHERS, file("of-group", "rw-r-----"));
    assertNoSecret(Reason.READABLE_BY_OTHERS, file("of-all", "rw----r--"));
    assertNoSecret(Reason.CHANGEABLE_BY_OTHERS, file("open", "rw-rw----"));
    var link = Files.createSymbolicLink(folder.resolve("link"), secret);
    assertNoSecret(Reason.NOT_A_FILE, link);
  }
}
