package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.CliContext.Installation;
import dev.testudo.cli.CliContext.Streams;
import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerNode;
import dev.testudo.image.layer.LayerWriter;
import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.oci.ContainerConfig;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.ImageConfig;
import dev.testudo.image.oci.Manifest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.trust.json.JsonMembers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageCommandTest {
  @TempDir Path work;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void images() throws IOException {
    try (var sink = LayoutSink.open(work.resolve("images"))) {
      write(
          sink,
          "a",
          "0",
          List.of(file("/same", "x", 0644), file("/f", "old", 0644), file("/g", "", 0644)));
      write(
          sink,
          "b",
          "1",
          List.of(file("/same", "x", 0644), file("/f", "new", 0755), link("/h", "f")));
    }
  }

  private static LayerFile file(String path, String content, int mode) {
    var bytes = content.getBytes(UTF_8);
    return new LayerFile(
        path,
        new Content.Bytes(bytes.length, () -> new ByteArrayInputStream(bytes)),
        FileAttributes.of(mode));
  }

  private static LayerFile link(String path, String target) {
    return new LayerFile(
        path, new Content.Other(new LayerNode.SymbolicLink(target)), FileAttributes.of(0777));
  }

  private static void write(LayoutSink sink, String tag, String user, List<LayerFile> files)
      throws IOException {
    var layer = LayerWriter.write(files, sink, MediaType.OCI_LAYER_GZIP);
    var config =
        new ImageConfig(
            Platform.linux("riscv64"),
            new ContainerConfig(
                List.of("/f"),
                List.of(),
                List.of("A=B"),
                user,
                "",
                Set.of(),
                Set.of(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Map.of()),
            List.of(layer.diffId()),
            List.of(),
            Optional.empty(),
            Map.of());
    var blob = Descriptor.of(MediaType.OCI_CONFIG, config.write());
    sink.put(blob, () -> new ByteArrayInputStream(config.write()));
    sink.putManifest(
        new ByTag(tag),
        new Manifest(MediaType.OCI_MANIFEST, blob, List.of(layer.blob()), Map.of(), Map.of())
            .write());
  }

  private int run(String... args) {
    return Cli.run(
        args,
        new CliContext(
            Map.of("XDG_CACHE_HOME", work.resolve("cache").toString()),
            new Streams(
                InputStream.nullInputStream(),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8)),
            new Installation(work.resolve("testudo"), work.resolve("lib"), work.resolve("jdk")),
            false,
            Instant.EPOCH,
            _ -> {}));
  }

  private String image(String tag) {
    return "oci:" + work.resolve("images") + ":" + tag;
  }

  @Test
  void inspectShowsConfigurationLayersAndFiles() throws Exception {
    assertEquals(0, run("image", "inspect", image("a")), err.toString(UTF_8));
    var printed = new Printed(out.toString(UTF_8));
    for (var line :
        List.of(
            "platform linux/riscv64",
            "entry point /f",
            "environment A=B",
            "user 0",
            "files 3, 4 bytes")) {
      printed.hasLine(line);
    }
    out.reset();
    assertEquals(0, run("image", "inspect", "--json", image("a")));
    var json = new Printed(out.toString(UTF_8)).json();
    assertEquals(3, json.natural("files"));
    var layer = JsonMembers.of(json.array("layers").getFirst(), "layer");
    assertEquals(3, layer.natural("entries"));
  }

  @Test
  void diffShowsConfigurationAndFiles() {
    assertEquals(1, run("image", "diff", image("a"), image("b")), err.toString(UTF_8));
    assertEquals(
        List.of(
            "removed configuration: user 0",
            "added configuration: user 1",
            "changed /f: content, mode 0755, was 0644",
            "removed /g",
            "added /h"),
        new Printed(out.toString(UTF_8)).lines());
  }

  @Test
  void anImageDoesNotDifferFromItself() {
    assertEquals(0, run("image", "diff", image("a"), image("a")), err.toString(UTF_8));
    assertEquals("", out.toString(UTF_8));
  }

  @Test
  void layersAreReadOnce() throws Exception {
    assertEquals(0, run("image", "inspect", image("a")));
    var before = out.toString(UTF_8);
    out.reset();
    try (var blobs = Files.list(work.resolve("cache/testudo/layers"))) {
      assertEquals(1, blobs.count());
    }
    assertEquals(0, run("image", "inspect", image("a")));
    assertEquals(before, out.toString(UTF_8));
  }

  @Test
  void mistakesAreUsageAndMissingImagesAreInput() {
    assertEquals(2, run("image", "inspect", "Redis"));
    assertEquals(1, run("image", "inspect", image("c")));
    assertTrue(err.toString(UTF_8).contains("the tags a, b"), err.toString(UTF_8));
    assertEquals("", out.toString(UTF_8));
  }
}
