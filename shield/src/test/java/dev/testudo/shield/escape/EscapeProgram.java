package dev.testudo.shield.escape;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A program of the escape suite, with the descriptions in its first lines.
///
/// @param row the row of the catalogue of attacks
/// @param tries what it tries
/// @param shield what the shield does about it
/// @param natively the result without a shield: `reached`, `granted`, or `contained: why`
/// @param asUser why an ordinary user cannot even try it, if so
/// @param inContainer why root of a container cannot even try it, if so
record EscapeProgram(
    Path source,
    String row,
    String tries,
    String shield,
    String natively,
    Optional<String> asUser,
    Optional<String> inContainer) {
  static final Path FOLDER = Path.of("src/test/escape").toAbsolutePath();

  private static final Pattern LINE =
      Pattern.compile("// (row|tries|shield|native|user|container): +(.+)");

  /// Returns all programs, in the order of their rows.
  static List<EscapeProgram> all() {
    try (var files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".c") && !file.endsWith("world.c"))
          .map(EscapeProgram::read)
          .sorted(Comparator.comparing(EscapeProgram::order))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static EscapeProgram read(Path source) {
    var said = new LinkedHashMap<String, String>();
    try (var lines = Files.lines(source)) {
      lines
          .map(LINE::matcher)
          .takeWhile(Matcher::matches)
          .forEach(line -> said.put(line.group(1), line.group(2)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new EscapeProgram(
        source,
        told(source, said, "row"),
        told(source, said, "tries"),
        told(source, said, "shield"),
        told(source, said, "native"),
        Optional.ofNullable(said.get("user")),
        Optional.ofNullable(said.get("container")));
  }

  private static String told(Path source, Map<String, String> said, String key) {
    var value = said.get(key);
    if (value == null) {
      throw new IllegalStateException(source + " does not begin with its `" + key + ":`");
    }
    return value;
  }

  String name() {
    return source.getFileName().toString().replaceFirst("\\.c$", "");
  }

  /// Returns what the verdict must begin with if nothing contains the program.
  String nativeKind() {
    return natively.replaceFirst("[: ].*", "");
  }

  /// Returns the sort key: A7 before A12, and both before F1.
  private String order() {
    var number = Pattern.compile("\\d+").matcher(row).results().findFirst().orElseThrow().group();
    return row.charAt(0) + "0".repeat(3 - number.length()) + number + name();
  }

  @Override
  public String toString() {
    return name();
  }
}
