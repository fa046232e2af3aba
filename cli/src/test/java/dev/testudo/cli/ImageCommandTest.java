package dev.testudo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.json.JsonMembers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCommandTest {
  @TempDir private Path work;

  private SmallImages images;

  @BeforeEach
  void twoImages() throws IOException {
    images = new SmallImages(work);
    images.image(
        "a",
        SmallImages.started(List.of("/f"), List.of("A=B"), "0"),
        SmallImages.file("/same", "x", 0644),
        SmallImages.file("/f", "old", 0644),
        SmallImages.file("/g", "", 0644));
    images.image(
        "b",
        SmallImages.started(List.of("/f"), List.of("A=B"), "1"),
        SmallImages.file("/same", "x", 0644),
        SmallImages.file("/f", "new", 0755),
        SmallImages.link("/h", "f"));
  }

  @Test
  void inspectShowsConfigurationLayersAndFiles() throws Exception {
    var printed = images.succeed("image", "inspect", images.name("a"));
    for (var line :
        List.of(
            "platform " + ArchitectureOption.of(null),
            "entry point /f",
            "environment A=B",
            "user 0",
            "files 3, 4 bytes")) {
      printed.hasLine(line);
    }
    var json = images.succeed("image", "inspect", "--json", images.name("a")).json();
    assertEquals(3, json.natural("files"));
    var layer = JsonMembers.of(json.array("layers").getFirst(), "layer");
    assertEquals(3, layer.natural("entries"));
  }

  @Test
  void diffShowsConfigurationAndFiles() {
    assertEquals(1, images.run("image", "diff", images.name("a"), images.name("b")));
    assertEquals(
        List.of(
            "removed configuration: user 0",
            "added configuration: user 1",
            "changed /f: content, mode 0755, was 0644",
            "removed /g",
            "added /h"),
        images.out().lines());
  }

  @Test
  void anImageDoesNotDifferFromItself() {
    var same = images.succeed("image", "diff", images.name("a"), images.name("a"));
    assertEquals("", same.text());
  }

  @Test
  void layersAreReadOnce() throws Exception {
    var before = images.succeed("image", "inspect", images.name("a")).text();
    try (var blobs = Files.list(work.resolve("cache/testudo/layers"))) {
      assertEquals(1, blobs.count());
    }
    assertEquals(before, images.succeed("image", "inspect", images.name("a")).text());
  }

  @Test
  void mistakesAreUsageAndMissingImagesAreInput() {
    assertEquals(2, images.run("image", "inspect", "Redis"));
    assertEquals(1, images.run("image", "inspect", images.name("c")));
    var said = images.err().text();
    assertTrue(said.contains("the tags a, b"), said);
    assertEquals("", images.out().text());
  }
}
