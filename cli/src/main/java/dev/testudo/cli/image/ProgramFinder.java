package dev.testudo.cli.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImageRecipe.ProgramCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds the files of this machine that a program consists of: its executable and, for a script,
/// the interpreters that `#!` names. A file that the image brings itself is not among them, it is
/// measured with the image. Paths are real ones: links of this machine are resolved.
final class ProgramFinder {
  private static final int MAX_INTERPRETERS = 5;
  private static final int LONGEST_FIRST_LINE = 256;

  private final ProgramCall call;
  private final Map<Path, Path> imageFiles;
  private final Set<Path> found = new LinkedHashSet<>();

  private ProgramFinder(ProgramCall call, Map<Path, Path> imageFiles) {
    this.call = call;
    this.imageFiles = imageFiles;
  }

  /// The host files of the program of `call` in an image that brings `imageFiles` (place in the
  /// image to file on this machine).
  ///
  /// @throws CommandFailed if there is no such program
  static List<Path> hostFiles(ProgramCall call, Map<Path, Path> imageFiles)
      throws IOException, CommandFailed {
    var finder = new ProgramFinder(call, imageFiles);
    var next = Optional.of(call.command());
    for (var depth = 0; next.isPresent(); depth++) {
      if (depth > MAX_INTERPRETERS) {
        throw CommandFailed.input(
            "program `%s` has more than %d interpreters"
                .formatted(call.command(), MAX_INTERPRETERS));
      }
      next = finder.add(next.get());
    }
    return List.copyOf(finder.found);
  }

  /// Adds one program and returns the interpreter it needs.
  private Optional<String> add(String word) throws IOException, CommandFailed {
    var file = locate(word).orElseThrow(() -> missing(word));
    if (!imageFiles.containsValue(file)) {
      file = file.toRealPath();
      found.add(file);
    }
    return interpreter(file);
  }

  /// The file on this machine that `word` stands for.
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

  /// What the first line of a script says, empty when `file` is not one. `env` stands for the
  /// program it looks for, but is a part of the program as well.
  private Optional<String> interpreter(Path file) throws IOException, CommandFailed {
    var line = firstLine(file);
    if (!line.startsWith("#!")) {
      return Optional.empty();
    }
    var words = List.of(line.substring(2).strip().split("\\s+"));
    var program = words.getFirst();
    if (program.isEmpty()) {
      return Optional.empty();
    }
    if (program.endsWith("/env")) {
      found.add(locate(program).orElseThrow(() -> missing(program)).toRealPath());
      return words.stream()
          .skip(1)
          .filter(word -> !word.startsWith("-") && !word.contains("="))
          .findFirst();
    }
    return Optional.of(program);
  }

  private static String firstLine(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var head = new String(in.readNBytes(LONGEST_FIRST_LINE), ISO_8859_1);
      var end = head.indexOf('\n');
      return end < 0 ? head : head.substring(0, end);
    }
  }
}
