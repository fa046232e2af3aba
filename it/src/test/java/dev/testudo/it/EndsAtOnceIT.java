package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who tells it to stop a second time, while it waits for what does not end, gets an end at once.
@Timeout(3600)
class EndsAtOnceIT {
  private static final Path STUBBORN =
      Command.ROOT.resolve("it/src/test/resources/meshes/stubborn/mesh.yaml");

  /// Ignores SIGTERM and SIGINT and has a child that does.
  private static final String DEAF =
      "trap '' TERM INT; sleep 3600 & echo deaf; while :; do sleep 1; done";

  /// How long the stop in order would wait for the program.
  private static final Duration IN_ORDER = Duration.ofSeconds(10);

  /// What a pipe of Linux holds (pipe(7)).
  private static final int PIPE_BYTES = 65_536;

  @TempDir private Path work;

  private ToldProcess start(boolean atTerminal, List<String> words) throws Exception {
    var all = new ArrayList<>(words);
    all.addFirst(Command.LAUNCHER.toString());
    all.addAll(0, List.of("env", "SCONE_NETWORK_SHIELD=protected"));
    return ToldProcess.start(work.resolve("log"), atTerminal, 2, all);
  }

  /// A signal that comes sooner than 300 ms after another is taken for its echo. Nothing else is
  /// waited for.
  private static void passEcho() throws InterruptedException {
    Thread.sleep(1000);
  }

  @Test
  void aSecondInterruptDuringASlowStopEndsTheWholeMesh() throws Exception {
    var state = work.resolve("state").toString();
    try (var mesh = start(false, List.of("up", "-f", STUBBORN.toString(), "--state", state))) {
      mesh.awaitLine("up in ");
      mesh.signal("INT");
      mesh.awaitLine("testudo | stopping\n");
      passEcho();
      mesh.signal("INT");
      var took = mesh.awaitEnd();
      assertTrue(took.compareTo(IN_ORDER.minusSeconds(2)) < 0, () -> took + mesh.output());
      assertEquals(Optional.of(130), mesh.exit(), mesh::output);
    }
  }

  @Test
  void anEchoOfTheFirstRequestChangesNothing() throws Exception {
    var state = work.resolve("state").toString();
    try (var mesh = start(false, List.of("up", "-f", STUBBORN.toString(), "--state", state))) {
      mesh.awaitLine("up in ");
      mesh.signal("TERM");
      mesh.signal("TERM");
      mesh.awaitEnd();
      assertEquals(Optional.of(143), mesh.exit(), mesh::output);
      new Output(mesh.output()).hasLine("testudo | everything is stopped");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSecondRequestEndsAShieldedProgramThatIsDeafAndItsChildren(String signal) throws Exception {
    try (var shield =
        start(false, List.of("shield", "run", "--drain", "1h", "--", "sh", "-c", DEAF))) {
      shield.awaitLine("deaf");
      shield.signal(signal);
      passEcho();
      shield.signal(signal);
      var _ = shield.awaitEnd();
      assertEquals(Optional.of(137), shield.exit(), shield::output);
      new Output(shield.output())
          .hasLine(
              "testudo shield run: told to stop again: the program and its connections are ended");
    }
  }

  /// Its log goes into a pipe that nobody reads: who logs waits for ever, and with him the end of
  /// the JVM.
  @Test
  void aSecondRequestEndsACasWhoseLogNobodyReads() throws Exception {
    var pipe = work.resolve("pipe").toString();
    assertEquals(0, Command.run("mkfifo", pipe).exit());
    var script = "exec \"$0\" cas serve --state \"$1\" --listen 127.0.0.1:0 --first-come 2> \"$2\"";
    var words =
        List.of(
            "sh", "-c", script, Command.LAUNCHER.toString(), work.resolve("cas").toString(), pipe);
    try (var reader = new RandomAccessFile(pipe, "rw");
        var cas = ToldProcess.start(work.resolve("log"), false, 2, words)) {
      cas.awaitLine("\"listening\"");
      reader.write(new byte[PIPE_BYTES]);
      try (var client = client(cas.output())) {
        Thread.ofVirtual().start(() -> refused(client));
        Patience.until(() -> waitsForAPipe(cas.handle().pid()), cas::output);
        cas.signal("TERM");
        passEcho();
        Patience.until(() -> !client.healthy(), cas::output);
        assertTrue(cas.handle().isAlive(), "it waits for its log");
        cas.signal("TERM");
        var took = cas.awaitEnd();
        assertTrue(took.compareTo(IN_ORDER.minusSeconds(2)) < 0, () -> took + cas.output());
        assertEquals(Optional.of(143), cas.exit(), cas::output);
      }
    }
  }

  private static CasClient client(String announced) {
    var fields =
        Pattern.compile("\"listening\":\"([^\"]+)\",\"key_hash\":\"([^\"]+)\"").matcher(announced);
    assertTrue(fields.find(), announced);
    return new CasClient(
        CasAddress.parse(fields.group(1)).orElseThrow(),
        KeyHash.parse(fields.group(2)).orElseThrow(),
        Identity.ephemeral("stranger"));
  }

  /// CAS logs it before it answers.
  private static void refused(CasClient client) {
    try {
      client.readSession("nosuch");
    } catch (IOException e) {
      // There may be no answer.
    }
  }

  private static boolean waitsForAPipe(long pid) {
    try (var tasks = Files.list(Path.of("/proc/%d/task".formatted(pid)))) {
      for (var task : tasks.toList()) {
        if (Files.readString(task.resolve("wchan")).contains("pipe_write")) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void interruptsFromATerminalAreTheProgramsAsOftenAsTheyCome() throws Exception {
    var count = Files.writeString(work.resolve("count"), "");
    var script = "trap 'echo x >> " + count + "' INT; echo ready; while :; do sleep 0.1; done";
    try (var shield = start(true, List.of("shield", "run", "--", "sh", "-c", script))) {
      shield.awaitLine("ready");
      for (var i = 1; i <= 3; i++) {
        var times = i;
        passEcho();
        shield.pressInterrupt();
        Patience.until(() -> lines(count) == times, shield::output);
      }
      shield.closeTerminal();
      var _ = shield.awaitEnd();
    }
  }

  private static int lines(Path file) {
    try {
      return Files.readAllLines(file).size();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
