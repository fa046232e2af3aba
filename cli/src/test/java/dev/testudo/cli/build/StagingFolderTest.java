package dev.testudo.cli.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingFolderTest {
  @TempDir Path parent;

  private long count() throws IOException {
    try (var files = Files.list(parent)) {
      return files.count();
    }
  }

  @Test
  void theNextBuildRemovesWhatKilledOnesHaveLeft() throws Exception {
    var left = Files.createDirectory(parent.resolve(".build-1"));
    Files.writeString(left.resolve("lock"), "");
    Files.createDirectories(left.resolve("layers/blobs"));
    Files.writeString(left.resolve("layers/blobs/a"), "content");
    // Killed before it could lock its folder.
    Files.createDirectory(parent.resolve(".build-2"));
    try (var folder = StagingFolder.in(parent)) {
      assertEquals(1, count());
      assertTrue(Files.isDirectory(folder.resolve("")));
    }
    assertEquals(0, count());
  }

  @Test
  void aBuildDoesNotRemoveTheFolderOfAnother() throws Exception {
    try (var one = StagingFolder.in(parent);
        var two = StagingFolder.in(parent)) {
      assertEquals(2, count());
      assertTrue(Files.isDirectory(one.resolve("")) && Files.isDirectory(two.resolve("")));
    }
    assertEquals(0, count());
  }
}
