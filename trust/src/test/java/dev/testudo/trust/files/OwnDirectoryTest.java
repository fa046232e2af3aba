package dev.testudo.trust.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.trust.files.OwnedException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnDirectoryTest {
  private static final OwnDirectory.Kind KIND =
      new OwnDirectory.Kind("tests", Set.of("mark"), Set.of("draft"));

  @TempDir private Path work;

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private Path folder(String name, String mode) throws IOException {
    var made = Files.createDirectory(work.resolve(name));
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(mode));
    return made;
  }

  private static void assertRefused(Reason reason, Path directory) {
    var refused = assertThrows(OwnedException.class, () -> OwnDirectory.open(directory, KIND));
    assertEquals(reason, refused.reason(), refused.getMessage());
  }

  @Test
  void oneThatIsMadeIsForItsUserAlone() throws IOException {
    assertEquals("rwx------", mode(OwnDirectory.open(work.resolve("a/b/c"), KIND)));
  }

  @Test
  void oneThatWasThereKeepsItsMode() throws IOException {
    var there = folder("there", "rwxr-xr-x");
    OwnDirectory.open(there, KIND);
    assertEquals("rwxr-xr-x", mode(there));
  }

  @Test
  void aStateIsKnownByItsMarkAndAnUnfinishedOneByAllItHas() throws IOException {
    var there = folder("there", "rwx------");
    Files.writeString(there.resolve("draft"), "");
    OwnDirectory.open(there, KIND);
    Files.writeString(there.resolve("other"), "");
    assertRefused(Reason.OTHER_CONTENT, there);
    Files.writeString(there.resolve("mark"), "");
    OwnDirectory.open(there, KIND);
  }

  @Test
  void oneThatOthersCanChangeIsRefused() throws IOException {
    var shared = folder("shared", "rwxrwxrwx");
    assertRefused(Reason.CHANGEABLE_BY_OTHERS, shared);
    assertEquals("rwxrwxrwx", mode(shared));
  }

  @Test
  void oneBehindALinkIsLookedAtItself() throws IOException {
    var shared = folder("shared", "rwxrwxrwx");
    var link = Files.createSymbolicLink(work.resolve("link"), shared);
    assertRefused(Reason.CHANGEABLE_BY_OTHERS, link);
  }

  @Test
  void aFileIsRefused() throws IOException {
    assertRefused(Reason.NOT_A_DIRECTORY, Files.createFile(work.resolve("file")));
    var loose = Files.createSymbolicLink(work.resolve("loose"), work.resolve("nowhere"));
    assertRefused(Reason.NOT_A_DIRECTORY, loose);
    assertFalse(Files.exists(work.resolve("nowhere")));
  }
}
