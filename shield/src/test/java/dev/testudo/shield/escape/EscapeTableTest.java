package dev.testudo.shield.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `docs/escapes.md` is written from the programs; `-Dgolden.update=true` rewrites it.
class EscapeTableTest {
  private static final Path TABLE = Path.of("../docs/escapes.md");

  private static final String BEFORE =
      """
      # Escapes

      Each program tries to reach a place that no rule names: a real listener, which the test asks afterwards whether it has seen
      anything. The rules are `protected` by default with unsupported protocols refused, one permitted TCP destination, two permitted
      Unix sockets and one permitted server port; and a protected TCP destination, Unix socket and server port, where whatever is not
      TLS counts as an escape too. Every program runs under the shield as root and as an ordinary user (`EscapesPrivilegedTest`), as root
      in a container's seccomp profile, where the shield makes the program's sockets itself (`ContainerEscapesPrivilegedTest`: what has to
      do with sockets always, all of it with `-Pnightly`), and without it as root (`NativeControlPrivilegedTest`), where it has to get out
      in the way stated here: a *reached* place confirms it, something *granted* leads outside. This table is written from the first lines
      of the programs by `EscapeTableTest`, so it cannot differ from them. Races last 0.4 s each (`-Descape.race.ms=…` for longer ones),
      and go on while nothing has come of them yet on a busy machine.

      | row | program | tries | the shield | without the shield | as root | as user | in a container's profile |
      | --- | --- | --- | --- | --- | --- | --- | --- |
      """;

  private static final String AFTER =
      """

      ## Rows without a program

      """;

  @Test
  void theDocumentIsWhatTheProgramsSay() throws IOException {
    var expected = document();
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(TABLE, expected);
    }
    assertEquals(expected, Files.readString(TABLE));
  }

  @Test
  void everyRowOfTheCatalogueHasAProgramOrAReason() throws IOException {
    var covered = new HashSet<String>();
    EscapeProgram.all().forEach(program -> covered.add(program.row()));
    Pattern.compile("\\*\\*([A-Z]\\d+)\\*\\*")
        .matcher(otherRows())
        .results()
        .forEach(row -> covered.add(row.group(1)));
    var missing = new TreeSet<String>();
    Stream.of("A12", "F6", "N14", "T16", "U11", "S5").forEach(last -> missing.addAll(upTo(last)));
    missing.removeAll(covered);
    assertEquals(new TreeSet<>(), missing);
  }

  private static Set<String> upTo(String last) {
    return IntStream.rangeClosed(1, Integer.parseInt(last.substring(1)))
        .mapToObj(number -> last.substring(0, 1) + number)
        .collect(Collectors.toSet());
  }

  private static String document() throws IOException {
    var table =
        EscapeProgram.all().stream().map(EscapeTableTest::line).collect(Collectors.joining());
    return BEFORE + table + AFTER + otherRows();
  }

  private static String line(EscapeProgram program) {
    var link = "[%s](../shield/src/test/escape/%1$s.c)".formatted(program.name());
    return "| %s | %s | %s | %s | %s | contained | %s | %s |\n"
        .formatted(
            program.row(),
            link,
            program.tries(),
            program.shield(),
            program.natively(),
            program.asUser().orElse("contained"),
            program.inContainer().orElse("contained"));
  }

  private static String otherRows() throws IOException {
    return Files.readString(EscapeProgram.FOLDER.resolve("other-rows.txt"));
  }
}
