package dev.testudo.volume.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random operations on a mounted volume, and a table of answers. Needs root.
@Timeout(600)
class ExercisedVolumePrivilegedTest {
  @TempDir private Path folder;

  private OnVolume mount() throws Exception {
    return new OnVolume(folder, DiskStore.open(folder.resolve("stored")));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aFileHasWhatWasWrittenInAnyWay(int seed) throws Exception {
    exercise(seed, 2000, "");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5})
  void aFileHasWhatWasWrittenPastTheCache(int seed) throws Exception {
    exercise(seed, 1500, "direct");
  }

  @Test
  @Tag("nightly")
  void manyFilesHaveWhatWasWritten() throws Exception {
    for (var seed = 100; seed < 115; seed++) {
      exercise(seed, 10_000, seed % 3 == 0 ? "direct" : "");
    }
  }

  private void exercise(int seed, int operations, String how) throws Exception {
    try (var volume = mount()) {
      volume.said(Scripts.command(folder, "exerciser.py", "file", seed, operations, how));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aTreeIsAsOnAnotherFileSystemAlsoAfterTheVolumeIsMountedAgain(int seed) throws Exception {
    stress(seed, 700);
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 12, 13, 14, 15, 16})
  @Tag("nightly")
  void largeTreesAreAsOnAnotherFileSystem(int seed) throws Exception {
    stress(seed, 10_000);
  }

  private void stress(int seed, int operations) throws Exception {
    var other = Files.createDirectory(folder.resolve("other"));
    var output = folder.resolve("output");
    var run = Scripts.command(folder, "stress.py", "run", ".", seed, operations);
    var describe = Scripts.command(folder, "stress.py", "describe", ".");
    var wantedRun = elsewhere(other, run, output);
    var wantedTree = elsewhere(other, describe, output);
    try (var volume = mount()) {
      assertEquals(wantedRun, volume.said(run));
      assertEquals(wantedTree, volume.said(describe));
    }
    try (var volume = mount()) {
      assertEquals(wantedTree, volume.said(describe));
    }
  }

  private static String elsewhere(Path directory, List<String> words, Path output)
      throws Exception {
    var process =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(output));
    return Files.readString(output).strip();
  }

  /// Where a volume answers otherwise than ext4. The reasons are in docs/volume-semantics.md.
  private static final Map<String, String> DIFFERENCES =
      Map.of(
          "mkfifo and mknod, a character device", "EPERM instead of ok",
          "mkfifo and mknod, a block device", "EPERM instead of ok",
          "extended attributes, an access control list", "ENOTSUP instead of ok",
          "files and descriptors, collapse a range", "ENOTSUP instead of ok",
          "files and descriptors, insert a range", "ENOTSUP instead of ok",
          "truncate, truncate to the same length changes", "no times instead of mtime ctime",
          "utimensat, reading changes", "no times instead of atime",
          "utimensat, listing changes", "no times instead of atime");

  @Test
  void callsAreAnsweredAsByExt4UpToKnownDifferences() throws Exception {
    try (var volume = mount()) {
      var said = volume.said(Scripts.command(folder, "conformance.py", "."));
      assertEquals(lines(DIFFERENCES), lines(differences(said)));
    }
  }

  private static String lines(Map<String, String> map) {
    return String.join(
        "\n", map.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue()).sorted().toList());
  }

  private static Map<String, String> differences(String said) throws Exception {
    var wanted = answers(Scripts.text("conformance-ext4.txt"));
    var found = answers(said);
    var differences = new LinkedHashMap<String, String>();
    for (var i = 0; i < Math.max(wanted.size(), found.size()); i++) {
      var expected = i < wanted.size() ? wanted.get(i) : new String[] {"nothing", "nothing"};
      var answer = i < found.size() ? found.get(i) : new String[] {"nothing", "nothing"};
      assertEquals(expected[0], answer[0]);
      if (!expected[1].equals(answer[1])) {
        differences.put(expected[0], answer[1] + " instead of " + expected[1]);
      }
    }
    return differences;
  }

  /// Returns question and answer of each line; the question begins with the group.
  private static List<String[]> answers(String text) {
    var answers = new ArrayList<String[]>();
    var group = "";
    for (var line : text.strip().split("\n")) {
      if (line.startsWith("# ")) {
        group = line.substring(2);
      } else if (!line.isEmpty()) {
        int colon = line.indexOf(": ");
        answers.add(
            new String[] {group + ", " + line.substring(0, colon), line.substring(colon + 2)});
      }
    }
    return answers;
  }
}
