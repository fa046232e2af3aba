package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.volume.VolumeContent;
import dev.testudo.cli.volume.VolumeNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A file of a volume as an argument: `DIR[:PATH]`.
///
/// @param directory the directory of the volume
/// @param names the names on the way from the root to the file
record VolumePlace(Path directory, List<String> names) {
  VolumePlace {
    names = List.copyOf(names);
  }

  /// Reads an argument. The directory ends at the first `:` before which there is one.
  static VolumePlace parse(String text) throws CommandFailed {
    if (text.isEmpty()) {
      throw CommandFailed.usage("DIR is empty; is a variable not set?");
    }
    for (int end = text.length(); end > 0; end = text.lastIndexOf(':', end - 1)) {
      var directory = Path.of(text.substring(0, end));
      if (Files.isDirectory(directory)) {
        var path = end == text.length() ? "" : text.substring(end + 1);
        var names = Arrays.stream(path.split("/")).filter(name -> !name.isEmpty()).toList();
        return new VolumePlace(directory, names);
      }
    }
    throw CommandFailed.environment("%s is not a directory".formatted(text));
  }

  /// Returns the last name, or `/` for the root.
  String name() {
    return names.isEmpty() ? "/" : names.getLast();
  }

  /// Finds the file. Links are not followed.
  VolumeNode find(VolumeContent volume) throws IOException, CommandFailed {
    var node = volume.node(volume.root());
    for (var name : names) {
      var next = node.isDirectory() ? volume.find(node, name) : Optional.<Long>empty();
      if (next.isEmpty()) {
        throw CommandFailed.input(
            "the volume has no `/%s`; links are not followed".formatted(String.join("/", names)));
      }
      node = volume.node(next.get());
    }
    return node;
  }
}
