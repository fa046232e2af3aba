package dev.testudo.agent.program;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The directories in which a program without a slash in its name is looked up.
///
/// @param text the directories, separated by colons
record SearchPath(String text) {
  private static final SearchPath DEFAULT =
      new SearchPath("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

  /// Returns the `PATH` of `environment`, or the default.
  static SearchPath of(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("PATH"))
        .filter(path -> !path.isEmpty())
        .map(SearchPath::new)
        .orElse(DEFAULT);
  }

  /// Returns the directories. An empty one means the working directory.
  List<String> directories() {
    return List.of(text.split(":", -1));
  }
}
