package dev.testudo.image.build.command;

import dev.testudo.image.layer.LayerIndexCache;
import dev.testudo.image.layout.LayoutSource;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A build in a process of its own, which can be another user's and can be killed. Its arguments
/// are a directory for the cache, an OCI layout, a tag in it, and the commands for the shell.
public final class BuildProgram {
  private BuildProgram() {}

  /// Builds, and prints everything that happens.
  public static void main(String[] arguments) throws IOException {
    var cache = Path.of(arguments[0]);
    var commands = new ArrayList<BuildCommand>();
    for (var line : List.of(arguments).subList(3, arguments.length)) {
      commands.add(new BuildCommand.Shell(line));
    }
    var layers = layers(cache);
    try (var source = LayoutSource.directory(Path.of(arguments[1]))) {
      var image = ImageParts.read(source, new ByTag(arguments[2]), Platform.linux("amd64"));
      var recipe =
          new CommandRecipe(
              CommandBase.of(source, image), commands, Map.of(), "/", List.of(), true);
      var layer =
          layers.build(recipe, BuildAccess.of(System.getenv()), BuildLimits.DEFAULT, PRINTING);
      System.out.println("layer " + layer.layer().diffId() + (layer.cached() ? " cached" : ""));
    } catch (BuildException e) {
      System.out.println("refused " + e.fault() + ": " + e.getMessage());
    }
  }

  static CommandLayers layers(Path cache) {
    var indexes = new LayerIndexCache(cache.resolve("indexes"), 1 << 28, InstantSource.system());
    return new CommandLayers(
        CommandLayers.Place.of(cache.resolve("commands"), System.getenv(), indexes));
  }

  private static final BuildListener PRINTING =
      new BuildListener() {
        @Override
        public void step(String what) {
          System.out.println("step " + what);
        }

        @Override
        public void started(int number, int count, BuildCommand command) {
          System.out.println("command " + command.shown());
        }

        @Override
        public void output(String line) {
          System.out.println("output " + line);
        }

        @Override
        public void note(String what) {
          System.out.println("note " + what);
        }
      };
}
