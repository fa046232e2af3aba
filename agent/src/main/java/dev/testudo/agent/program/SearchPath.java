package dev.testudo.agent.program;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where a program is looked for that is named without a slash.
///
/// @param text directories, separated by colons
record SearchPath(String text) {
  private static final SearchPath DEFAULT =
      new SearchPath("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");

  /// The `PATH` of `environment`, or what takes its place there.
  static SearchPath of(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("PATH"))
        .filter(path -> !path.isEmpty())
        .map(SearchPath::new)
        .orElse(DEFAULT);
  }

  /// Its directories; an empty one is the working directory.
  List<String> directories() {
    return List.of(text.split(":", -1));
  }
}
