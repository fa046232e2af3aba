package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.json.JsonMembers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What commands print for scripts. `JsonOutputIT` tries those that need a CAS.
class JsonOutputTest {
  private static final String ROW = "(?m)^\\| `([a-z -]+)` \\|";
  private static final String KEY = "11111111111111111111111111111112";

  @TempDir private Path work;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    out.reset();
    err.reset();
    return Cli.run(args, CliTest.context(out, err, work));
  }

  private JsonMembers json(String... args) throws IOException {
    assertEquals(0, run(args), err.toString(UTF_8));
    var printed = new Printed(out.toString(UTF_8));
    assertEquals(1, printed.lines().size(), printed::text);
    return printed.json();
  }

  /// Adds the names of the commands below `command` that do something themselves.
  private static void collect(CommandLine command, boolean withJson, Set<String> names) {
    for (var sub : command.getSubcommands().values()) {
      if (!sub.getSubcommands().isEmpty()) {
        collect(sub, withJson, names);
      } else if (withJson == sub.getCommandSpec().optionsMap().containsKey("--json")) {
        names.add(sub.getCommandSpec().qualifiedName().replaceFirst("^testudo ", ""));
      }
    }
  }

  private Set<String> commands(boolean withJson) {
    var names = new TreeSet<String>();
    collect(Cli.commandLine(CliTest.context(out, err, work)), withJson, names);
    return names;
  }

  @Test
  void everyCommandForACasPrintsJson() {
    var without = commands(false);
    without.removeIf(name -> !name.matches("(cas|identity|session|token) .*"));
    assertTrue(without.remove("cas chart"), "it writes files and asks no CAS");
    assertEquals(
        Set.of("session manifest", "session schema"), without, "their output is JSON anyway");
  }

  @Test
  void whatIsPrintedIsDocumented() throws IOException {
    var page = Files.readString(Path.of("../docs/cli.md"));
    var section = page.substring(page.indexOf("\n## JSON\n"), page.indexOf("\n## Shells"));
    var documented =
        Pattern.compile(ROW)
            .matcher(section)
            .results()
            .map((MatchResult row) -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(commands(true), documented);
  }

  @Test
  void anIdentityIsMadeShownAndRotated() throws IOException {
    var file = work.resolve("me.pem").toString();
    var made = json("identity", "create", "--json", file);
    assertEquals(file, made.text("file"));
    var hash = made.text("key_hash");
    var until = made.instant("valid_until");
    made.done();
    var shown = json("identity", "show", "--json", file);
    assertEquals(List.of(file, hash), List.of(shown.text("file"), shown.text("key_hash")));
    assertEquals(until, shown.instant("valid_until"));
    var only = json("identity", "show", "--json", "--key-hash", file);
    assertEquals(hash, only.text("key_hash"));
    only.done();
    var rotated = json("identity", "rotate", "--json", file);
    assertEquals(hash, rotated.text("old_key_hash"));
    assertEquals(file + ".old", rotated.text("old_file"));
    assertEquals(
        rotated.text("key_hash"), json("identity", "show", "--json", file).text("key_hash"));
  }

  @Test
  void theHashOfASessionNeedsNoCas() throws IOException {
    var file = Files.writeString(work.resolve("s.yaml"), "name: shop\nversion: \"0.3\"\n");
    var words = List.of("session", "hash", file.toString(), "--creator", KEY);
    assertEquals(0, run(words.toArray(String[]::new)), err.toString(UTF_8));
    var hash = out.toString(UTF_8).strip();
    assertTrue(hash.matches("[0-9a-f]{64}"), hash);
    assertEquals(
        hash, json("session", "hash", "--json", file.toString(), "--creator", KEY).text("hash"));
  }

  @Test
  void bytesToSignAreNotJson() {
    assertEquals(
        2, run("session", "approve", "--message", "--json", "--hash", "0", "missing.bundle"));
    assertEquals("testudo: --message prints bytes, and no JSON\n", err.toString(UTF_8));
  }
}
