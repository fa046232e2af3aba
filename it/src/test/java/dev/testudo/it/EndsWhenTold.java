package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What has been quiet for longer than a minute ends when it is told to: idle threads have been
/// given up by then, and whatever the end needs must get one. All cases are quiet at the same time.
@Timeout(3600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EndsWhenTold {
  private static final Duration QUIET = Duration.ofSeconds(65);
  private static final int AT_ONCE = 4;
  private static final Duration BOUND = Duration.ofSeconds(5);

  @TempDir private static Path work;
  private RunningCas cas;
  private final Map<Case, ToldProcess> running = new LinkedHashMap<>();

  /// What runs.
  enum Part {
    UP("up in "),
    /// What `./quickstart --stay` becomes.
    DEMO("runs until Ctrl-C"),
    CAS("\"listening\""),
    AGENT("running"),
    SHIELD("rules in force");

    private final String ready;

    Part(String ready) {
      this.ready = ready;
    }
  }

  /// How it is told.
  enum Told {
    INT(130),
    TERM(143),
    HUP(129),
    /// By Ctrl-C at its terminal.
    KEY(130),
    /// By the end of its terminal, which leaves nobody to see an exit code.
    CLOSED(129);

    private final int exit;

    Told(int exit) {
      this.exit = exit;
    }

    boolean atTerminal() {
      return this == KEY || this == CLOSED;
    }

    void tell(ToldProcess process) throws IOException {
      switch (this) {
        case KEY -> process.pressInterrupt();
        case CLOSED -> process.closeTerminal();
        case INT, TERM, HUP -> process.signal(name());
      }
    }
  }

  record Case(Part part, Told told, int processors) {
    @Override
    public String toString() {
      return "%s-%s-%d".formatted(part, told, processors);
    }
  }

  private final List<Case> cases;

  /// The cases of one run, which are quiet together.
  EndsWhenTold(List<Case> cases) {
    this.cases = cases;
  }

  List<Case> told() {
    return cases;
  }

  @BeforeAll
  void startAllAndLetThemBeQuiet() throws IOException, InterruptedException {
    cas = RunningCas.start(work.resolve("cas"));
    Files.createDirectories(work.resolve("image/root"));
    Files.writeString(
        work.resolve("image/image.json"),
        "{\"name\":\"it\",\"files\":[\"%s\"]}".formatted(Path.of("/bin/sh").toRealPath()));
    for (var told : cases) {
      var folder = Files.createDirectory(work.resolve(told.toString()));
      running.put(
          told,
          ToldProcess.start(
              folder.resolve("log"), told.told.atTerminal(), told.processors, words(told, folder)));
      // A few at a time: CAS has a minute to come up.
      if (running.size() % AT_ONCE == 0) {
        awaitReady();
      }
    }
    awaitReady();
    Thread.sleep(QUIET);
    awaitReady(); // what has started since belongs to it as well
  }

  private void awaitReady() throws InterruptedException {
    for (var one : running.entrySet()) {
      one.getValue().awaitLine(one.getKey().part.ready);
    }
  }

  private List<String> words(Case told, Path folder) throws IOException {
    var words = new ArrayList<>(List.of(Command.LAUNCHER.toString()));
    var state = folder.resolve("state").toString();
    switch (told.part) {
      case UP -> words.addAll(up(ROOT_OF_MESHES.resolve("quiet/mesh.yaml"), state));
      case DEMO -> {
        words.addAll(up(Command.ROOT.resolve("examples/patient-records/mesh.yaml"), state));
        var demo = Command.ROOT.resolve("examples/patient-records/demo.sh").toString();
        words.addAll(List.of("--", demo, "--stay"));
      }
      case CAS ->
          words.addAll(
              List.of("cas", "serve", "--state", state, "--listen", "127.0.0.1:0", "--first-come"));
      case AGENT -> words.addAll(agent("quiet-" + told));
      case SHIELD -> {
        words.addAll(0, List.of("env", "SCONE_NETWORK_SHIELD=protected"));
        words.addAll(List.of("shield", "run", "--", "sleep", "3600"));
      }
    }
    return words;
  }

  private static final Path ROOT_OF_MESHES = Command.ROOT.resolve("it/src/test/resources/meshes");

  private static List<String> up(Path mesh, String state) {
    var patience = Long.toString(Patience.LIMIT.toSeconds());
    return List.of("up", "-f", mesh.toString(), "--state", state, "--ready-within", patience);
  }

  private List<String> agent(String session) throws IOException {
    cas.register(
        """
        name: %s
        version: "0.3"
        security: {attestation: {mode: none}}
        services:
          - name: program
            image_name: image
            command: [sh, -c, 'echo running; exec sleep 3600']
            pwd: /
            environment: {PATH: "/usr/bin:/bin"}
        images: [{name: image}]
        """
            .formatted(session.toLowerCase(java.util.Locale.ROOT)));
    return List.of(
        "agent",
        "run",
        "--cas",
        cas.address().toString(),
        "--cas-key",
        cas.key().text(),
        "--service",
        session.toLowerCase(java.util.Locale.ROOT) + "/program",
        "--image",
        work.resolve("image").toString());
  }

  @AfterAll
  void leaveNothing() throws IOException {
    for (var process : running.values()) {
      process.close();
    }
    cas.close();
  }

  @ParameterizedTest
  @MethodSource("told")
  void afterAMinuteOfQuietItEndsWithinFiveSecondsAndLeavesNothing(Case told) throws Exception {
    var process = running.get(told);
    told.told.tell(process);
    var took = process.awaitEnd();
    assertTrue(took.compareTo(BOUND) < 0, () -> "took " + took + "\n" + process.output());
    if (told.told != Told.CLOSED) {
      assertEquals(Optional.of(told.told.exit), process.exit(), process::output);
    }
  }
}
