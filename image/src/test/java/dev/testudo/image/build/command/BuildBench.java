package dev.testudo.image.build.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.layer.LayerFile;
import dev.testudo.image.layer.LayerIndex;
import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.layout.LayoutSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// Builds with commands on a small image. Needs root.
@TestInstance(Lifecycle.PER_CLASS)
abstract class BuildBench {
  @TempDir static Path shared;
  @TempDir Path directory;

  CommandBase base;
  CommandLayers layers;

  @BeforeAll
  void writeBase() throws IOException {
    base = BuildSample.write(shared.resolve("oci"));
    open(shared);
  }

  @AfterAll
  void close() throws IOException {
    base.layers().getFirst().source().close();
  }

  @BeforeEach
  void openCache() {
    layers = BuildProgram.layers(directory);
  }

  static void open(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  CommandRecipe recipe(String... lines) {
    return recipe(List.of(), true, lines);
  }

  CommandRecipe recipe(List<LayerFile> inputs, boolean network, String... lines) {
    var commands = Stream.of(lines).<BuildCommand>map(BuildCommand.Shell::new).toList();
    return new CommandRecipe(base, commands, Map.of("FROM_RECIPE", "yes"), "/", inputs, network);
  }

  CommandLayer build(CommandRecipe recipe) throws IOException {
    return layers.build(recipe, BuildAccess.none(), BuildLimits.DEFAULT, BuildListener.NONE);
  }

  BuildException refused(CommandRecipe recipe, BuildLimits limits) throws IOException {
    var refusal =
        assertThrows(
            BuildException.class,
            () -> layers.build(recipe, BuildAccess.none(), limits, BuildListener.NONE));
    assertTrue(layers.kept(recipe).isEmpty());
    assertNothingIsLeft(directory);
    return refusal;
  }

  static void assertNothingIsLeft(Path directory) throws IOException {
    try (var left = Files.list(directory.resolve("commands/builds"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  LayerIndex index(CommandLayer layer, Path layout) throws IOException {
    try (var sink = LayoutSink.open(layout)) {
      layer.copyTo(sink);
    }
    try (var source = LayoutSource.directory(layout)) {
      var index = LayerIndex.of(source, layer.layer().blob());
      assertEquals(layer.layer().diffId(), index.diffId());
      return index;
    }
  }

  /// Returns the entries of a layer: path, kind, mode and owner.
  Map<String, String> entries(CommandLayer layer) throws IOException {
    var entries = new TreeMap<String, String>();
    for (var entry : index(layer, directory.resolve("copy")).entries()) {
      var owner = entry.attributes().owner();
      assertEquals(0, entry.attributes().mtime());
      entries.put(
          entry.path(),
          "%s %o %d:%d"
              .formatted(
                  entry.node().getClass().getSimpleName(),
                  entry.attributes().mode(),
                  owner.uid(),
                  owner.gid()));
    }
    return entries;
  }
}
