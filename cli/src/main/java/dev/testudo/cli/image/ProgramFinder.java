package dev.testudo.cli.image;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImageRecipe.ProgramCall;
import dev.testudo.trust.measure.Interpreter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds the files of this machine that a program consists of: its executable and, for a script,
/// the interpreters named by `#!`. Files that the image itself brings are left out, because they
/// are measured with the image. Links of this machine are resolved.
final class ProgramFinder {
  private final ProgramCall call;
  private final Map<Path, Path> imageFiles;
  private final Set<Path> found = new LinkedHashSet<>();

  private ProgramFinder(ProgramCall call, Map<Path, Path> imageFiles) {
    this.call = call;
    this.imageFiles = imageFiles;
  }

  /// Returns the host files of a program.
  ///
  /// @param imageFiles the files of the image, from the path in the image to the file
  ///     on this machine
  /// @throws CommandFailed if there is no such program
  static List<Path> hostFiles(ProgramCall call, Map<Path, Path> imageFiles)
      throws IOException, CommandFailed {
    var finder = new ProgramFinder(call, imageFiles);
    var next = Optional.of(call.command());
    for (var depth = 0; next.isPresent(); depth++) {
      if (depth > Interpreter.MOST) {
        throw CommandFailed.input(
            "program `%s` has more than %d interpreters"
                .formatted(call.command(), Interpreter.MOST));
      }
      next = finder.add(next.get());
    }
    return List.copyOf(finder.found);
  }

  /// Adds a program and returns the interpreter that it needs.
  private Optional<String> add(String word) throws IOException, CommandFailed {
    var file = locate(word).orElseThrow(() -> missing(word));
    if (!imageFiles.containsValue(file)) {
      file = file.toRealPath();
      found.add(file);
    }
    return interpreter(file);
  }

  /// Returns the file on this machine that `word` stands for.
  private Optional<Path> locate(String word) {
    if (word.contains("/")) {
      return at(call.workingDirectory().resolve(word).normalize());
    }
    return call.searched().stream()
        .map(folder -> at(folder.resolve(word)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<Path> at(Path place) {
    var copied = imageFiles.get(place);
    if (copied != null) {
      return Optional.of(copied);
    }
    return Files.isRegularFile(place) && Files.isExecutable(place)
        ? Optional.of(place)
        : Optional.empty();
  }

  private CommandFailed missing(String word) {
    return CommandFailed.environment(
        word.contains("/")
            ? "there is no program `%s`, neither in the image nor on this machine; copy or install it"
                .formatted(word)
            : "there is no program `%s` in %s; install it, or write its whole path in `command`"
                .formatted(word, call.searchPath().orElse(ProgramCall.USUAL_PATH)));
  }

  /// Returns the interpreter of a script, or empty if `file` is not a script. A program like `env`
  /// before the interpreter counts as a part of the program, too.
  private Optional<String> interpreter(Path file) throws IOException, CommandFailed {
    var programs = Interpreter.of(head(file));
    for (var program : programs.subList(0, Math.max(0, programs.size() - 1))) {
      found.add(locate(program).orElseThrow(() -> missing(program)).toRealPath());
    }
    return programs.isEmpty() ? Optional.empty() : Optional.of(programs.getLast());
  }

  private static byte[] head(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(Interpreter.HEAD);
    }
  }
}
