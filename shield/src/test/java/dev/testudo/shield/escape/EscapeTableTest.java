package dev.testudo.shield.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.shield.MarkdownItem;
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

      Each program tries to reach a place that no rule names. The place is a real listener, and the
      test checks afterwards whether the listener saw anything.

      The mode is `protected`, and unsupported protocols are refused. The rules permit one TCP
      destination, two Unix sockets and one server port. They protect a TCP destination, a Unix
      socket and a server port. At these, anything that is not TLS also counts as an escape.

      Every program runs

      - under the shield, as root and as an ordinary user (`EscapesPrivilegedTest`);
      - under the shield, as root in the seccomp profile of a container, where the shield creates
        the program's sockets itself (`ContainerEscapesPrivilegedTest`; by default only programs
        about sockets, with `-Pnightly` all of them);
      - without the shield, as root (`NativeControlPrivilegedTest`). There it must succeed in the
        way that its entry states: *reached* means that the place confirms it, *granted* means that
        the program got something that leads outside.

      Under the shield each program is contained in all three cases, unless its entry says that it
      cannot be tried in one of them. Races last 0.4 s each (`-Descape.race.ms=…` makes them
      longer). On a busy machine they continue until they have had an effect. `EscapeTableTest`
      generates this page from the first lines of the programs.

      ## Programs

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
    var items =
        EscapeProgram.all().stream().map(EscapeTableTest::item).collect(Collectors.joining());
    return BEFORE + items + AFTER + otherRows();
  }

  private static String item(EscapeProgram program) {
    var link = "[%s](../shield/src/test/escape/%1$s.c)".formatted(program.name());
    var sentences =
        Stream.of(
            Stream.of("**%s** %s: %s.".formatted(program.row(), link, program.tries())),
            Stream.of("The shield: %s.".formatted(program.shield())),
            Stream.of("Without it: %s.".formatted(program.natively())),
            program.asUser().map("As a user: %s."::formatted).stream(),
            program.inContainer().map("In a container's profile: %s."::formatted).stream());
    return MarkdownItem.of(sentences.flatMap(sentence -> sentence).toArray(String[]::new));
  }

  private static String otherRows() throws IOException {
    return Files.readString(EscapeProgram.FOLDER.resolve("other-rows.txt"));
  }
}
