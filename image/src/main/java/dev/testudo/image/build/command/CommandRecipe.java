package dev.testudo.image.build.command;

import dev.testudo.image.layer.LayerFile;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What makes a layer. Recipes that are equal in all their parts make the same layer, which is why
/// the layer is cached: its key is a hash of all of them, with the content of `inputs` and the
/// `diff_id`s of the base.
///
/// @param base the files that the commands begin with
/// @param commands the commands in their order. The first that fails ends the build
/// @param environment variables of the commands, besides those of the image, which they replace.
///     They are not stored in the image
/// @param workingDirectory where the commands run: an absolute path, which is created if the image
///     has none
/// @param inputs files that are in the root when the first command starts, such as
///     `requirements.txt` or `package.json`. They replace what the base has there. They are not
///     part of the layer, unless a command changes them; whoever wants them in the image adds a
///     layer with them to the base ([CommandBase#with]). None is in `/tmp`, `/run` or
///     `/root/.cache`, which are empty at first and thrown away at the end
/// @param network whether the commands may use the network of this machine; otherwise they have
///     only a loopback device of their own
public record CommandRecipe(
    CommandBase base,
    List<BuildCommand> commands,
    Map<String, String> environment,
    String workingDirectory,
    List<LayerFile> inputs,
    boolean network) {
  /// Copies the collections.
  ///
  /// @throws IllegalArgumentException if there is no command, the working directory is not an
  ///     absolute path, an input is in a directory that is thrown away, or a name of a variable is
  ///     empty or has a `=`
  public CommandRecipe {
    commands = List.copyOf(commands);
    environment = Collections.unmodifiableMap(new TreeMap<>(environment));
    inputs = List.copyOf(inputs);
    if (commands.isEmpty()) {
      throw new IllegalArgumentException("a build has a command");
    }
    if (!workingDirectory.startsWith("/")) {
      throw new IllegalArgumentException("a working directory is an absolute path");
    }
    if (inputs.stream().anyMatch(input -> ScratchDirectory.contains(input.path()))) {
      throw new IllegalArgumentException("an input is not in `/tmp`, `/run` or `/root/.cache`");
    }
    if (environment.keySet().stream().anyMatch(name -> name.isEmpty() || name.contains("="))) {
      throw new IllegalArgumentException("a name of a variable is not empty and has no `=`");
    }
  }
}
