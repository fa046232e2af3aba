package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/// Two administrators of one session, at the command line.
@Timeout(3600)
class SessionUpdateIT {
  @TempDir private Path work;
  private RunningCas cas;

  @BeforeEach
  void startCas() throws IOException {
    cas = RunningCas.start(work.resolve("cas"));
    cas.register(
        """
        name: shop
        version: "0.3"
        access_policy: {read: ANY, update: ANY}
        """);
  }

  @AfterEach
  void stopCas() throws IOException {
    cas.close();
  }

  private Command session(String... words) {
    var all = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "session"));
    all.addAll(List.of(words));
    all.addAll(List.of("--cas", cas.address().toString(), "--cas-key", cas.key().text()));
    return Command.run(Map.of("TESTUDO_CONFIG", work.resolve("config").toString()), all);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(work.resolve(name), text).toString();
  }

  @Test
  void nobodyReplacesWhatHeHasNotSeen() throws IOException {
    var read = session("read", "shop", "--for-update");
    assertEquals(0, read.exit(), read.all());
    var first = file("first.yaml", read.out() + "images: []\n");
    var second = file("second.yaml", read.out() + "secrets: []\n");
    var done = session("update", first);
    assertEquals(0, done.exit(), done.all());

    var lost = session("update", second);
    assertEquals(4, lost.exit(), lost.all());
    cas.hasRefused("store-session", "shop", "wrong-predecessor");
    new Output(session("read", "shop").out()).hasLine("images: []");

    var again = session("update", first);
    assertEquals(0, again.exit(), again.all());
    assertEquals(done.out(), again.out());
  }

  @Test
  void whoNamesNothingIsAskedWhatHeMeansToReplace() throws IOException {
    var text =
        """
        name: shop
        version: "0.3"
        access_policy: {read: ANY, update: ANY}
        images: []
        """;
    var before = cas.audit();
    var blind = session("update", file("blind.yaml", text));
    assertEquals(2, blind.exit(), blind.all());
    assertEquals(before, cas.audit(), "CAS was asked for something");
    var active = session("read", "shop", "--for-update").out();

    var hash = active.lines().filter(l -> l.startsWith("predecessor: ")).findFirst().orElseThrow();
    var over = hash.substring("predecessor: ".length());
    assertEquals(4, session("update", file("blind.yaml", text), "--over", "0".repeat(64)).exit());
    assertEquals(0, session("update", file("blind.yaml", text), "--over", over).exit());
    new Output(session("read", "shop").out()).hasLine("images: []");
  }

  @Test
  void nobodyDeletesWhatHeHasNotSeen() throws IOException {
    var before = cas.audit();
    var blind = session("delete", "shop");
    assertEquals(2, blind.exit(), blind.all());
    assertEquals(before, cas.audit(), "CAS was asked for something");
    var other = session("delete", "shop", "--hash", "0".repeat(64));
    assertEquals(4, other.exit(), other.all());
    cas.hasRefused("delete-session", "shop", "wrong-predecessor");
    var read = session("read", "shop", "--for-update");
    assertEquals(0, read.exit(), read.all());

    var line = read.out().lines().filter(l -> l.startsWith("predecessor: ")).findFirst();
    var hash = line.orElseThrow().substring("predecessor: ".length());
    var done = session("delete", "shop", "--hash", hash);
    assertEquals(0, done.exit(), done.all());
    assertEquals("session shop deleted, hash was %s\n".formatted(hash), done.out());
    var gone = session("read", "shop");
    assertEquals(1, gone.exit(), gone.all());
    cas.hasRefused("read-session", "shop", "unknown-session");
  }

  @Test
  void whatWouldChangeIsShownAndNotDone() throws IOException {
    var read = session("read", "shop", "--for-update").out();
    var more = "secrets: [{name: key, kind: ascii}]\nvolumes: [{name: data}]\n";
    var changed = file("changed.yaml", read + more);
    for (var words : List.of(List.of("diff", changed), List.of("update", "--dry-run", changed))) {
      var shown = session(words.toArray(String[]::new));
      assertEquals(0, shown.exit(), shown.all());
      new Output(shown.out()).hasLine("added secrets");
      new Output(shown.out()).hasLine("secret key (ascii): new");
      new Output(shown.out()).hasLine("volume data: new");
      new Output(shown.out()).hasLine("CAS would accept it");
    }
    assertEquals(read, session("read", "shop", "--for-update").out());
    var other = read.replaceAll("predecessor: .*", "predecessor: " + "0".repeat(64));
    var wrong = file("wrong.yaml", other + "secrets: []\n");
    var refused = session("diff", wrong);
    assertEquals(4, refused.exit(), refused.all());
  }

  @Test
  void whereAnybodyMayCreateSessionsEachListsTheirOwn() throws IOException {
    var mine = session("create", file("mine.yaml", "{name: mine, version: '0.3'}\n"));
    assertEquals(0, mine.exit(), mine.all());
    var list = session("list", "--json");
    assertEquals("{\"sessions\":[\"mine\"]}\n", list.out(), list.all());
  }
}
