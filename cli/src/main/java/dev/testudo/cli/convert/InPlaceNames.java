package dev.testudo.cli.convert;

import java.util.HashSet;
import java.util.Set;

/// The names of files that objects are written to: those of the files they come from.
final class InPlaceNames {
  private final Set<String> used = new HashSet<>();

  InPlaceNames() {}

  /// Returns the name for what comes from a file. Files of several folders can have the same name.
  String of(String path) {
    var name = path.substring(path.lastIndexOf('/') + 1).replace(' ', '-');
    var stem = name.replaceFirst("\\.(yaml|yml|json)$", "");
    var candidate = stem + ".yaml";
    for (var i = 2; !used.add(candidate); i++) {
      candidate = "%s-%d.yaml".formatted(stem, i);
    }
    return candidate;
  }
}
