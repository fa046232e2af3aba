package dev.testudo.agent.shield;

import dev.testudo.agent.AgentFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Finds a program as a shell does.
final class ProgramPath {
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private ProgramPath() {}

  /// The file that `name` means: a path, or the first one of that name in a directory of PATH.
  static Path find(String name, Map<String, String> environment) throws AgentFailure {
    if (name.indexOf('/') >= 0) {
      var file = Path.of(name).toAbsolutePath();
      if (isProgram(file)) {
        return file;
      }
      throw AgentFailure.input("`%s` cannot be run: %s".formatted(name, fault(file)));
    }
    var path =
        Optional.ofNullable(environment.get("PATH")).filter(p -> !p.isEmpty()).orElse(DEFAULT_PATH);
    for (var directory : path.split(":", -1)) {
      var file = Path.of(directory.isEmpty() ? "." : directory).resolve(name).toAbsolutePath();
      if (isProgram(file)) {
        return file;
      }
    }
    throw AgentFailure.input(
        "`%s` cannot be run: it is in no directory of PATH (%s)".formatted(name, path));
  }

  private static String fault(Path file) {
    if (Files.isDirectory(file)) {
      return "it is a directory";
    }
    if (!Files.exists(file)) {
      return "there is no such file, or its directory may not be entered";
    }
    return Files.isRegularFile(file)
        ? "it may not be executed; `chmod +x` it, or name its interpreter before it"
        : "it is no regular file";
  }

  private static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
