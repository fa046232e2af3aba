package dev.testudo.agent.program;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.agent.AgentFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Finds a program by the name that a person gives, like a shell.
public final class CallersProgram {
  /// How much of a script the kernel reads to find its interpreter; see execve(2).
  private static final int LONGEST_FIRST_LINE = 255;

  private static final Pattern INTERPRETER = Pattern.compile("#![ \\t]*(/[!-~]+)(?=[ \\t\\n])");

  private CallersProgram() {}

  /// Returns the file for `name`: a path, or the first file of that name in the directories
  /// of PATH.
  public static Path find(String name, Map<String, String> environment) throws AgentFailure {
    if (name.indexOf('/') >= 0) {
      var file = Path.of(name).toAbsolutePath();
      if (isProgram(file)) {
        return runnable(name, file);
      }
      throw cannotRun(name, fault(file));
    }
    var path = SearchPath.of(environment);
    for (var directory : path.directories()) {
      var file = Path.of(directory.isEmpty() ? "." : directory).resolve(name).toAbsolutePath();
      if (isProgram(file)) {
        return runnable(name, file);
      }
    }
    throw cannotRun(name, "it is in no directory of PATH (%s)".formatted(path.text()));
  }

  private static AgentFailure cannotRun(String name, String why) {
    return AgentFailure.input("`%s` cannot be run: %s".formatted(name, why));
  }

  /// Checks a script's interpreter. If it is missing, the kernel returns `ENOENT` as if the script
  /// itself were missing.
  private static Path runnable(String name, Path file) throws AgentFailure {
    var interpreter = interpreter(file);
    if (interpreter.isPresent() && !Files.exists(interpreter.get())) {
      throw cannotRun(
          name, "it is a script for %s, which does not exist".formatted(interpreter.get()));
    }
    return file;
  }

  /// Returns the interpreter in a script's first line. Returns empty for other programs, and
  /// for files that may be executed but not read. It only improves a message, so uncertain
  /// cases are empty.
  private static Optional<Path> interpreter(Path file) {
    try (var in = Files.newInputStream(file)) {
      var start = new String(in.readNBytes(LONGEST_FIRST_LINE), US_ASCII);
      var script = INTERPRETER.matcher(start);
      return script.lookingAt() ? Optional.of(Path.of(script.group(1))) : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
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
