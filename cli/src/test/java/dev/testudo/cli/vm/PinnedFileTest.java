package dev.testudo.cli.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.exit.ExitCode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files of which the user says what they must contain.
class PinnedFileTest {
  private static final String DIGEST =
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

  @TempDir private Path folder;

  private Path hello() throws Exception {
    return Files.writeString(folder.resolve("kernel@1"), "hello");
  }

  @Test
  void aFileWithTheRightDigestIsRead() throws Exception {
    var content = PinnedFile.parse(hello() + "@sha256:" + DIGEST).read(5);
    assertEquals(DIGEST, content.sha256());
    assertEquals(5, content.bytes().length());
    assertEquals(DIGEST, PinnedFile.parse(hello().toString()).read(5).sha256());
  }

  @Test
  void aFileWithAnotherDigestIsRefused() throws Exception {
    var pinned = PinnedFile.parse(hello() + "@sha256:" + DIGEST.replace('2', '3'));
    var failed = assertThrows(CommandFailed.class, () -> pinned.read(5));
    assertEquals(ExitCode.INPUT_WRONG, failed.code());
    assertTrue(failed.line().contains(DIGEST), failed.line());
  }

  @Test
  void aDigestThatIsNoneIsAMistakeOfUsage() {
    var failed = assertThrows(CommandFailed.class, () -> PinnedFile.parse("a@sha256:12"));
    assertEquals(ExitCode.USAGE, failed.code());
  }

  @Test
  void whatIsLongerOrNoFileIsRefused() throws Exception {
    var longer = PinnedFile.parse(hello().toString());
    assertThrows(CommandFailed.class, () -> longer.read(4));
    var absent = PinnedFile.parse(folder.resolve("absent").toString());
    assertThrows(NoSuchFileException.class, () -> absent.read(4));
    var directory = PinnedFile.parse(folder.toString());
    assertThrows(CommandFailed.class, () -> directory.read(4));
  }
}
