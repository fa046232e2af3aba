package dev.testudo.cas.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.cas.health.Health;
import dev.testudo.cas.store.sqlite.SqliteDatabase;
import dev.testudo.trust.files.OwnedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  @TempDir private Path work;

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  @Test
  void aFolderOfOtherThingsGetsNoKeyAndKeepsItsMode() throws IOException {
    var shared = Files.createDirectory(work.resolve("shared"));
    Files.writeString(shared.resolve("letter"), "");
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxr-xr-x"));
    var refused = assertThrows(OwnedException.class, () -> StateDirectory.open(shared));
    assertEquals(OwnedException.Reason.OTHER_CONTENT, refused.reason());
    assertEquals("rwxr-xr-x", mode(shared));
    try (var files = Files.list(shared)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void inAnEmptyFolderThatOthersMayEnterNothingIsTheirs() throws IOException {
    var folder = Files.createDirectory(work.resolve("cas"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    var options =
        new StoreOptions(
            new SecureRandom(), InstantSource.system(), 64 << 10, false, SqliteDatabase::open);
    try (var state = StateDirectory.open(folder);
        var _ = Store.open(state, options, new Health())) {
      assertEquals("rwxr-xr-x", mode(folder));
      try (var files = Files.list(folder)) {
        // The reserve contains only random bytes.
        for (var file : files.filter(file -> !file.endsWith("reserve")).toList()) {
          assertEquals("------", mode(file).substring(3), file.toString());
        }
      }
    }
    StateDirectory.open(folder).close();
  }
}
