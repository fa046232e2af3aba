package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

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
  void anotherDirectoryTakesWhatIsTheSameAndNothingElse() throws IOException {
    assertEquals(0, apply("mine").exit());
    assertEquals(0, apply("yours").exit(), "CAS has the very same sessions");
    changeTheService("3 print_env.py", "3 print_env.py first");
    assertEquals(4, apply("third").exit());
    assertEquals(List.of(), arguments());
    assertEquals(0, apply("yours").exit());
    assertEquals(List.of("first"), arguments());
    assertEquals(2, apply("mine", "--over", "x").exit(), "a malformed hash is misuse");
  }
}
