package dev.testudo.volume.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs that people use have the same results on a volume as on the disk beside it. Servers are
/// killed while they run, and check what they find afterwards. Needs root.
@Timeout(900)
class ProgramsPrivilegedTest {
  private static final int SMALL = 1;
  private static final int LARGE = 10;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "git", "java"})
  void aProgramFindsWhatItFindsOnADisk(String program) throws Exception {
    compare(program, SMALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgresql", "redis", "mariadb", "git", "java"})
  @Tag("nightly")
  void aProgramFindsWhatItFindsOnADiskAfterMuchWork(String program) throws Exception {
    compare(program, LARGE);
  }

  private void compare(String program, int size) throws Exception {
    Files.setAttribute(folder, "unix:mode", 0755); // some servers give up the rights of root
    var scripts = Files.createDirectory(folder.resolve("scripts"));
    Files.writeString(scripts.resolve("MappedFiles.java"), Scripts.text("MappedFiles.java"));
    var java = Path.of(System.getProperty("java.home"), "bin/java");
    var words = Scripts.command(scripts, "programs.py", program, size, java);
    var wanted = onDisk(words);
    assertFalse(wanted.isBlank());
    try (var volume = new OnVolume(folder, DiskStore.open(folder.resolve("stored")))) {
      assertEquals(wanted, volume.said(words));
    }
  }

  private String onDisk(List<String> words) throws Exception {
    var output = folder.resolve("output");
    var process =
        new ProcessBuilder(words)
            .directory(Files.createDirectory(folder.resolve("disk")).toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertEquals(0, process.waitFor(), () -> words + " failed");
    return Files.readString(output).strip();
  }
}
