package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.session.Argument;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `testudo apply` where others change the same sessions.
@Timeout(3600)
class ApplyIT {
  private static final String SESSION = "hello-env/hello";

  @TempDir private Path work;
  private RunningCas cas;

  @BeforeEach
  void start() throws IOException {
    cas = RunningCas.start(work.resolve("cas"));
    for (var name : List.of("mesh.yaml", "service.yaml", "print_env.py")) {
      Files.copy(Command.ROOT.resolve("examples/hello-env").resolve(name), work.resolve(name));
    }
  }

  @AfterEach
  void stop() throws IOException {
    cas.close();
  }

  private Command testudo(String... words) {
    var all = new ArrayList<>(List.of(Command.LAUNCHER.toString()));
    all.addAll(List.of(words));
    all.addAll(List.of("--cas", cas.address().toString(), "--cas-key", cas.key().text()));
    return Command.run(Map.of("TESTUDO_CONFIG", work.resolve("config").toString()), all);
  }

  private Command apply(String target, String... more) {
    var words =
        new ArrayList<>(List.of("apply", "--local", "-f", work.resolve("mesh.yaml").toString()));
    words.addAll(List.of("-t", work.resolve(target).toString()));
    words.addAll(List.of(more));
    return testudo(words.toArray(String[]::new));
  }

  private void changeTheService(String from, String to) throws IOException {
    var file = work.resolve("service.yaml");
    var text = Files.readString(file);
    var changed = text.replace(from, to);
    assertNotEquals(text, changed);
    Files.writeString(file, changed);
  }

  private String active() {
    var read = testudo("session", "read", SESSION, "--for-update");
    assertEquals(0, read.exit(), read.all());
    return read.out();
  }

  /// The words after `python3 print_env.py` by which the active session starts its program.
  private List<String> arguments() {
    var session = SessionParser.stored(new SourceFile("active", active()));
    var valid = assertInstanceOf(Parsed.Valid.class, session, session::toString);
    var service = ((Session) valid.value()).services().getFirst();
    var words =
        service.launch().command().stream()
            .map(word -> ((Argument.Given) word).template().expand(_ -> ""))
            .toList();
    return words.subList(2, words.size());
  }

  private static String hash(String forUpdate) {
    return forUpdate
        .lines()
        .filter(line -> line.startsWith("predecessor: "))
        .findFirst()
        .orElseThrow()
        .substring("predecessor: ".length());
  }

  @Test
  void whatAnotherAdministratorChangedIsShownAndNotOverwritten() throws IOException {
    assertEquals(0, apply("mine").exit());
    changeTheService("3 print_env.py", "3 print_env.py first");
    var own = apply("mine");
    assertEquals(0, own.exit(), own.all());
    assertEquals(List.of("first"), arguments());

    var changed = work.resolve("changed.yaml");
    Files.writeString(
        changed,
        active()
            .replaceFirst(
                "secrets:\n( *)- ",
                "secrets:\n$1- {name: p, kind: ascii, value: hunter2hunter2}\n$1- "));
    assertEquals(0, testudo("session", "update", changed.toString()).exit());
    var theirs = active();
    var token = Files.readString(work.resolve("mine/tokens/hello.token"));
    changeTheService("print_env.py first", "print_env.py second");
    var refused = apply("mine");
    assertEquals(4, refused.exit(), refused.all());
    var said = new Output(refused.err());
    said.hasLine("  +       - second");
    said.hasLine("  -   - {name: p, kind: ascii, value: **************}");
    assertEquals(List.of("--over", hash(theirs)), said.lastWords(2));
    assertFalse(refused.all().contains("hunter2"), refused.all());
    assertEquals(theirs, active());
    assertEquals(token, Files.readString(work.resolve("mine/tokens/hello.token")));

    assertEquals(4, apply("mine", "--over", "0".repeat(64)).exit());
    var over = apply("mine", "--over", hash(theirs));
    assertEquals(0, over.exit(), over.all());
    assertEquals(List.of("second"), arguments());
    assertEquals(0, apply("mine").exit());
  }

  @Test
  void withoutItsRecordApplyReplacesWhatOnlyItsUserCanHaveRegistered() throws IOException {
    assertEquals(0, apply("mine").exit());
    changeTheService("3 print_env.py", "3 print_env.py first");
    var fresh = apply("fresh");
    assertEquals(0, fresh.exit(), fresh.all());
    assertEquals(List.of("first"), arguments());
    changeTheService("print_env.py first", "print_env.py second");
    assertEquals(4, apply("mine").exit(), "its record names another session");
    assertEquals(List.of("first"), arguments());
    assertEquals(2, apply("fresh", "--over", "x").exit(), "a malformed hash is misuse");

    var shared = work.resolve("shared.yaml");
    Files.writeString(
        shared, active() + "access_policy:\n  update: [CREATOR, %s]\n".formatted(cas.key().text()));
    var updated = testudo("session", "update", shared.toString());
    assertEquals(0, updated.exit(), updated.all());
    assertEquals(4, apply("third").exit(), "somebody else may have changed it");
    assertEquals(List.of("first"), arguments());
  }

  private Command diff() {
    return testudo(
        "diff", "--local", "-f", work.resolve("mesh.yaml").toString(), "-t", work + "/compared");
  }

  @Test
  void diffShowsWhatApplyWouldChangeAndChangesNothing() throws IOException {
    var created = diff();
    assertEquals(1, created.exit(), created.all());
    new Output(created.out()).hasLine("session %s: new".formatted(SESSION));
    assertEquals(0, apply("mine").exit());
    var same = diff();
    assertEquals(0, same.exit(), same.all());
    assertEquals(
        List.of("session hello-env: unchanged", "session %s: unchanged".formatted(SESSION)),
        new Output(same.out()).lines());
    var before = active();
    changeTheService("3 print_env.py", "3 print_env.py first");
    var changed = diff();
    assertEquals(1, changed.exit(), changed.all());
    new Output(changed.out()).hasLine("  +       - first");
    assertEquals(before, active());
    changeTheService("kind: python", "kind: pyhton");
    assertEquals(2, diff().exit());
  }

  private Command applyWithoutOptions() {
    return Command.run(
        Map.of("TESTUDO_CONFIG", work.resolve("config").toString()),
        List.of(
            Command.LAUNCHER.toString(),
            "apply",
            "--local",
            "-f",
            work.resolve("mesh.yaml").toString()));
  }

  private void changeTheMesh(String from, String to) throws IOException {
    var file = work.resolve("mesh.yaml");
    var text = Files.readString(file);
    var changed = text.replace(from, to);
    assertNotEquals(text, changed);
    Files.writeString(file, changed);
  }

  @Test
  void theMeshfileNamesTheCasAndItsKey() throws IOException {
    var other = "3bVfNLuXWdWbtZ1PyXuUCkRGQKhVVWh4LrYVtVxQ4TxB";
    changeTheMesh(
        "cas_url: localhost", "cas_url: %s\n    cas_key: %s".formatted(cas.address(), other));
    var refused = apply("mine");
    assertEquals(4, refused.exit(), refused.all());
    assertNotEquals(0, testudo("session", "read", SESSION).exit(), "nothing was registered");
    changeTheMesh(other, cas.key().text());
    var applied = applyWithoutOptions();
    assertEquals(0, applied.exit(), applied.all());
    assertEquals(List.of(), arguments());
  }

  @Test
  void aModeDecidesHowSessionsReachTheCas() throws IOException {
    changeTheMesh("cas_url: localhost", "cas_url: localhost\n    mode: NoUpload");
    var written = apply("mine");
    assertEquals(0, written.exit(), written.all());
    assertTrue(Files.exists(work.resolve("mine/sessions/hello-env-hello.yaml")));
    assertNotEquals(0, testudo("session", "read", SESSION).exit(), "nothing was registered");

    changeTheMesh("NoUpload", "SignedManifest");
    var signed = apply("mine");
    assertEquals(0, signed.exit(), signed.all());
    assertTrue(Files.exists(work.resolve("mine/sessions/hello-env-hello.yaml.bundle")));
    changeTheService("3 print_env.py", "3 print_env.py first");
    assertEquals(0, apply("mine").exit());
    assertEquals(List.of("first"), arguments());
  }

  @Test
  void anybodyCanBringEncryptedSessionsToTheCasAndNobodyElseReadsThem() throws IOException {
    var key = value("encryption key", testudo("cas", "show").out());
    changeTheMesh(
        "cas_url: localhost",
        "cas_url: localhost\n    mode: EncryptedOnly\n    cas_encryption_key: " + "0".repeat(64));
    var refused = apply("mine");
    assertEquals(4, refused.exit(), refused.all());
    changeTheMesh("0".repeat(64), key);
    var encrypted = apply("mine");
    assertEquals(0, encrypted.exit(), encrypted.all());
    assertNotEquals(0, testudo("session", "read", SESSION).exit(), "nothing was registered");
    assertFalse(Files.exists(work.resolve("mine/tokens")), "there is no session for a token");

    for (var name : List.of("hello-env", "hello-env-hello")) { // the namespace comes first
      var file = work.resolve("mine/sessions/%s.yaml.bundle.encrypted".formatted(name));
      assertFalse(Files.readString(file).contains("hello"), "the text is readable");
      var brought = bring(file);
      assertEquals(0, brought.exit(), brought.all());
      assertTrue(encrypted.out().contains(brought.out().strip()), encrypted.out());
    }
    assertEquals(0, testudo("session", "read", SESSION).exit(), "the signer is the creator");
    assertEquals(0, apply("mine").exit());
    assertTrue(Files.exists(work.resolve("mine/tokens/hello.token")));
  }

  /// Registers an encrypted session as somebody without rights.
  private Command bring(Path file) {
    var words = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "session", "update"));
    words.addAll(List.of("--bundle", file.toString()));
    words.addAll(List.of("--cas", cas.address().toString(), "--cas-key", cas.key().text()));
    return Command.run(Map.of("TESTUDO_CONFIG", work.resolve("stranger").toString()), words);
  }

  private static String value(String name, String shown) {
    return shown
        .lines()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2))
        .findFirst()
        .orElseThrow(() -> new AssertionError(shown));
  }
}
