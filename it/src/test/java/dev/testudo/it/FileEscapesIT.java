package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a service that was taken over reaches of files, devices and processes: every program of
/// `escape.c` gets what it wants without a cage, and nothing in a mesh.
@Timeout(3600)
class FileEscapesIT {
  private static final Path SOURCES = Path.of("src/test/resources/meshes/file-escapes");
  private static final Path DOCUMENT = Command.ROOT.resolve("docs/escapes.md");
  private static final String HEADING = "## Files, devices and other processes\n";
  private static final Path LIB = Command.ROOT.resolve("dist/target/testudo/lib");
  private static final int NOBODY = 65534;

  @TempDir private static Path work;
  private static Path program;
  private static Path twin;

  @BeforeAll
  static void compile() throws IOException {
    Files.setAttribute(work, "unix:mode", 0755);
    program = work.resolve("escape");
    var compiled =
        Command.run(
            "gcc",
            "-O1",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-o",
            program.toString(),
            SOURCES.resolve("escape.c").toString());
    assertEquals(0, compiled.exit(), compiled.all());
    var data = Files.createDirectory(work.resolve("data"));
    Files.setAttribute(data, "unix:mode", 0777);
    twin = Files.copy(program, data.resolve("escape.setuid"));
    Files.setAttribute(twin, "unix:mode", 04755);
  }

  /// What each program says that it got: `contained` or `granted`, the first word after its name.
  private static Map<String, String> verdicts(List<String> printed) {
    var names = names();
    return printed.stream()
        .map(line -> line.split(": ", 3))
        .filter(parts -> names.contains(parts[0]))
        .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
  }

  private static Map<String, String> all(String verdict) {
    return names().stream().collect(Collectors.toMap(name -> name, _ -> verdict));
  }

  private static List<String> names() {
    return Command.run(program.toString(), "--list")
        .out()
        .lines()
        .map(line -> line.split(" ")[1])
        .toList();
  }

  /// A file of the machine that is on the file system where `/usr` lies.
  private static String handle() {
    return Command.run(program.toString(), "--handle", "/etc/shadow").out().strip();
  }

  @Test
  void withoutACageEveryProgramGetsWhatItWants() throws IOException, InterruptedException {
    var state = Files.createDirectories(work.resolve("native/cas")).getParent();
    Files.createDirectory(state.resolve("tokens"));
    for (var file : List.of("cas/seal.key", "cas/cas.db", "identity.pem")) {
      Files.writeString(state.resolve(file), "secret");
    }
    var lib = Files.createDirectory(work.resolve("lib"));
    Files.writeString(lib.resolve("some.jar"), "code");
    var neighbour = new ProcessBuilder("sleep", "600").start();
    try {
      var ended =
          Command.run(
              Map.of(
                  "NEIGHBOUR", Long.toString(neighbour.pid()),
                  "STATE", state.toString(),
                  "LIB", lib.toString(),
                  "SETUID_TWIN", twin.toString(),
                  "HANDLE", handle()),
              List.of("bash", "-c", "exec 7</dev/null; exec \"$0\"", program.toString()));
      assertEquals(all("granted"), verdicts(ended.out().lines().toList()), ended::all);
    } finally {
      neighbour.destroyForcibly().waitFor();
    }
  }

  @Test
  void rootsServicesReachOnlyWhatTheirPolicyNames() throws Exception {
    reachNothing(Files.createDirectory(work.resolve("root")), 0);
  }

  @Test
  void anOrdinaryUsersServicesReachOnlyWhatTheirPolicyNames() throws Exception {
    reachNothing(Files.createDirectory(work.resolve("user")), NOBODY);
  }

  private static void reachNothing(Path folder, int user) throws Exception {
    var state = folder.resolve("state");
    var mesh = mesh(folder, state);
    give(folder, user);
    try (var running = RunningMesh.launch(mesh, state, as(user))) {
      for (var service : List.of("taken", "shielded")) {
        running.awaitLine("the end of " + service, line -> line.equals(service + " | all tried"));
        assertEquals(all("contained"), verdicts(running.printedBy(service)), running::output);
      }
      assertTrue(Files.size(state.resolve("cas/seal.key")) > 0, "there was something to find");
      assertFalse(Files.exists(Path.of("/etc/cron.d/testudo-escape.test")));
    }
  }

  private static List<String> as(int user) {
    return user == 0
        ? List.of()
        : List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--");
  }

  private static Path mesh(Path folder, Path state) throws IOException {
    var values =
        Map.of(
            "@STATE@", state.toString(),
            "@LIB@", LIB.toString(),
            "@TWIN@", twin.toString(),
            "@HANDLE@", handle(),
            "@DATA@", Path.of(twin.toString()).getParent().toString());
    for (var name :
        List.of(
            "mesh.yaml", "taken/service.yaml", "shielded/service.yaml", "neighbour/service.yaml")) {
      var text = Files.readString(SOURCES.resolve(name));
      for (var value : values.entrySet()) {
        text = text.replace(value.getKey(), value.getValue());
      }
      var file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
    for (var service : List.of("taken", "shielded")) {
      Files.copy(program, folder.resolve(service).resolve("escape"));
    }
    return folder.resolve("mesh.yaml");
  }

  private static void give(Path folder, int user) throws IOException {
    var all = new ArrayList<Path>();
    try (var walk = Files.walk(folder)) {
      walk.forEach(all::add);
    }
    for (var file : all) {
      Files.setAttribute(file, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
    }
  }

  @Test
  void theDocumentListsThePrograms() throws IOException {
    var text = Files.readString(DOCUMENT);
    assertNotEquals(-1, text.indexOf(HEADING), "the heading is there");
    var table =
        text.substring(text.indexOf(HEADING))
            .lines()
            .filter(
                line ->
                    line.startsWith("| ")
                        && !line.startsWith("| program")
                        && !line.startsWith("| ---"))
            .collect(Collectors.joining("\n"));
    assertEquals(Command.run(program.toString(), "--list").out().strip(), table);
  }
}
