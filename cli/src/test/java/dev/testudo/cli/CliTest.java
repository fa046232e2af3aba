package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.CliContext.Installation;
import dev.testudo.cli.CliContext.Streams;
import dev.testudo.trust.pki.KeyHash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class CliTest {
  @TempDir Path work;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  static CliContext context(ByteArrayOutputStream out, ByteArrayOutputStream err, Path work) {
    return new CliContext(
        Map.of("TESTUDO_CONFIG", work.resolve("config").toString()),
        new Streams(
            InputStream.nullInputStream(),
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8)),
        new Installation(work.resolve("testudo"), work.resolve("lib"), work.resolve("jdk")),
        false,
        Instant.EPOCH,
        _ -> {});
  }

  private int run(String... args) {
    return Cli.run(args, context(out, err, work));
  }

  private static Stream<String> commands() {
    var root =
        Cli.commandLine(
            context(new ByteArrayOutputStream(), new ByteArrayOutputStream(), Path.of("/")));
    var names = new ArrayList<String>();
    collect(root, names);
    return names.stream();
  }

  private static void collect(CommandLine command, List<String> names) {
    names.add(command.getCommandSpec().qualifiedName());
    command.getSubcommands().values().forEach(sub -> collect(sub, names));
  }

  /// CliPageIT compares the texts with docs/cli.md.
  @ParameterizedTest
  @MethodSource("commands")
  void helpFitsOnATerminal(String command) {
    var words = new ArrayList<>(List.of(command.split(" ", -1)));
    words.removeFirst();
    words.add("--help");
    assertEquals(0, run(words.toArray(String[]::new)));
    var usage = "Usage: " + command;
    assertEquals(usage, out.toString(UTF_8).substring(0, usage.length()));
    for (var line : out.toString(UTF_8).split("\n", -1)) {
      assertTrue(line.length() <= 80, line);
    }
  }

  @Test
  void aMistypedCommandIsAUsageErrorWithASuggestion() {
    assertEquals(2, run("aply"));
    assertEquals(
        """
        testudo: `aply` is not a command
        testudo: did you mean `apply`?
        testudo: see `testudo --help`
        """,
        err.toString(UTF_8));
  }

  @Test
  void anUnknownOptionIsAUsageErrorWithASuggestion() {
    assertEquals(2, run("shield", "check", "--envfile", "x"));
    assertEquals(
        """
        testudo: `--envfile` is not an option
        testudo: did you mean `--env-file`?
        testudo: see `testudo shield check --help`
        """,
        err.toString(UTF_8));
  }

  @Test
  void whatCouldNotBePrintedWasNotDone() throws IOException {
    var full = new PrintStream(Files.newOutputStream(Path.of("/dev/full")), true, UTF_8);
    var streams =
        new Streams(InputStream.nullInputStream(), full, new PrintStream(err, true, UTF_8));
    var plain = context(out, err, work);
    var context =
        new CliContext(
            plain.environment(),
            streams,
            plain.installation(),
            plain.terminal(),
            plain.started(),
            plain.insistence());
    assertEquals(3, Cli.run(new String[] {"version"}, context));
    assertEquals("testudo: cannot write to standard output\n", err.toString(UTF_8));
  }

  @Test
  void anEmptyPathIsAVariableThatIsNotSetAndNotTheCurrentFolder() throws IOException {
    var mesh = "../examples/hello-env/mesh.yaml";
    var before = Files.getPosixFilePermissions(Path.of(""));
    assertEquals(2, run("up", "-f", mesh, "--state", ""));
    assertEquals(2, run("session", "read", "a", "--state", ""));
    assertEquals(2, run("session", "read", "a", "--cas", "c", "--cas-key", KEY, "--identity", ""));
    assertEquals(
        """
        testudo: --state is empty; is a variable not set?
        testudo: --state is empty; is a variable not set?
        testudo: --identity is empty; is a variable not set?
        """,
        err.toString(UTF_8));
    assertEquals(before, Files.getPosixFilePermissions(Path.of("")));
    assertFalse(Files.exists(Path.of("run")));
    assertFalse(Files.exists(Path.of("identity.pem")));
  }

  private static final String KEY = "11111111111111111111111111111112";

  @Test
  void anIdentityThatIsNotThereIsNotMade() {
    var file = work.resolve("nosuch.pem");
    assertEquals(
        3,
        run("session", "read", "a", "--cas", "c", "--cas-key", KEY, "--identity", file.toString()));
    assertEquals(
        "testudo: there is no identity %1$s; make one with `testudo identity create %1$s`\n"
            .formatted(file),
        err.toString(UTF_8));
    assertFalse(Files.exists(file));
  }

  @Test
  void anIdentityIsMadeShownAndRotated() throws IOException {
    var file = work.resolve("mine/me.pem");
    assertEquals(3, run("identity", "show", file.toString()));
    assertEquals(0, run("identity", "create", file.toString()));
    var made = out.toString(UTF_8);
    var lines = new Printed(made).lines();
    assertEquals("identity " + file, lines.getFirst());
    assertTrue(KeyHash.parse(lines.get(1).replaceFirst("^key hash ", "")).isPresent(), made);
    var until = Instant.parse(lines.get(2).replaceFirst("^valid until ", ""));
    assertTrue(until.isAfter(Instant.now()), made);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(1, run("identity", "create", file.toString()));
    out.reset();
    assertEquals(0, run("identity", "show", file.toString()));
    assertEquals(made, out.toString(UTF_8));
    var old = Files.readString(file);
    assertEquals(0, run("identity", "rotate", file.toString()));
    assertEquals(old, Files.readString(work.resolve("mine/me.pem.old")));
    assertFalse(old.equals(Files.readString(file)));
    assertEquals(1, run("identity", "rotate", file.toString()), "the old key would be lost");
  }

  @Test
  void anIdentityThatOthersCanReadIsRefused() throws IOException {
    var file = work.resolve("me.pem");
    assertEquals(0, run("identity", "create", file.toString()));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertEquals(3, run("identity", "show", file.toString()));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertEquals(0, run("identity", "show", file.toString()));
  }

  @Test
  void whoNamesNothingIsAskedWhatHeMeansToReplaceOrToDelete() throws IOException {
    var file =
        Files.writeString(work.resolve("s.yaml"), "name: shop\nversion: \"0.3\"\n").toString();
    // Nobody listens there: it does not come to that.
    var cas = List.of("--cas", "127.0.0.1:1", "--cas-key", KEY);
    assertEquals(2, run(together(List.of("session", "update", file), cas)));
    assertEquals(2, run(together(List.of("session", "delete", "shop"), cas)));
    assertEquals(
        """
        testudo: the file names no `predecessor`, and the active session may have others' changes; \
        begin with `testudo session read shop --for-update`, or give --over HASH
        testudo: deletion is final, and the active session may have others' changes; look at it \
        with `testudo session read shop --for-update` and give its --hash HASH
        """,
        err.toString(UTF_8));
  }

  private static String[] together(List<String> one, List<String> other) {
    return Stream.concat(one.stream(), other.stream()).toArray(String[]::new);
  }

  @Test
  void aMissingCommandIsAUsageError() {
    assertEquals(2, run());
    assertEquals(2, run("cas"));
    assertEquals(2, run("session"));
  }

  @Test
  void theVersionIsOneLine() {
    assertEquals(0, run("version"));
    var lines = new Printed(out.toString(UTF_8)).lines();
    assertEquals(1, lines.size(), lines::toString);
    assertEquals("testudo", lines.getFirst().split(" ", 2)[0]);
  }

  @Test
  void aFileThatIsNotThereIsOneLineOnStandardError() {
    assertEquals(3, run("check", work.resolve("absent.yaml").toString()));
    assertEquals(
        "testudo: cannot read %s/absent.yaml: %s/absent.yaml does not exist\n"
            .formatted(work, work),
        err.toString(UTF_8));
  }

  @Test
  void anUnknownCasIsAUsageErrorThatSaysWhatToGive() {
    assertEquals(2, run("cas", "value", "a", "b"));
    assertEquals(
        "testudo: which CAS? give --cas HOST:PORT and --cas-key HASH, or --state DIR of a mesh that"
            + " is up, or attest one with `testudo cas attest`\n",
        err.toString(UTF_8));
    assertEquals(2, run("cas", "value", "--cas", "localhost:1", "a", "b"));
  }

  @Test
  void aMeshThatIsNotUpIsAnEnvironmentError() {
    assertEquals(3, run("cas", "value", "--state", work.toString(), "a", "b"));
    assertEquals(
        "testudo: no mesh is up in %1$s; start it with `testudo up --state %1$s`\n".formatted(work),
        err.toString(UTF_8));
  }

  @Test
  void aMistakeOfOursShowsItselfAndExits70() {
    var stream = new PrintStream(err, true, UTF_8);
    assertEquals(70, CommandTree.failed(new IllegalStateException("odd"), stream));
    new Printed(err.toString(UTF_8)).hasLine("java.lang.IllegalStateException: odd");
  }
}
