package dev.testudo.shield.escape;

import dev.testudo.shield.Elsewhere;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The programs, a [World] around them and a [CagedRunner], all run by one user.
final class Cage implements AutoCloseable {
  private final Path folder;
  private final Path binaries;
  private final List<String> as;
  private final World world;
  private final String classPath;
  private @Nullable Talk runner; // null: not started, or killed by a program

  private Cage(List<String> as) throws Exception {
    this.as = as;
    folder = Files.createTempDirectory("cage");
    World.open(folder);
    binaries = World.open(Files.createDirectory(folder.resolve("programs")));
    Binaries.into(binaries);
    world = new World(binaries, as);
    classPath = Elsewhere.copyClassPath(folder);
  }

  static Cage asRoot() throws Exception {
    return new Cage(List.of());
  }

  static Cage asOrdinaryUser() throws Exception {
    return new Cage(Elsewhere.asOrdinaryUser());
  }

  /// Runs as root of a container, whose seccomp profile forbids to duplicate descriptors.
  static Cage inContainer() throws Exception {
    var profile = World.open(Files.createDirectories(Binaries.CACHE.resolve("profile")));
    return new Cage(Elsewhere.inContainer(profile));
  }

  /// Runs one program under a shield of its own.
  Outcome run(EscapeProgram program) throws Exception {
    var talk = running();
    // Cleared until the output is read to its end; otherwise the rest would count for the
    // next program.
    runner = null;
    try {
      return run(program, talk);
    } finally {
      if (runner == null) {
        talk.close();
      }
    }
  }

  private Outcome run(EscapeProgram program, Talk talk) throws Exception {
    var binary = binaries.resolve(program.name());
    SetuidTwin.of(binaries.resolve("A11-setuid"));
    talk.say(binary + " " + world.scratch(program));
    var heard = new ArrayList<>(talk.hearUntil(line -> line.startsWith("exit ")));
    var exit = exitCode(heard);
    if (exit == Outcome.LATER && heard.stream().noneMatch(Outcome::isVerdict)) {
      heard.addAll(talk.hearUntil(Outcome::isVerdict));
    }
    var said = heard.stream().filter(Outcome::isVerdict).reduce("", (_, last) -> last);
    var outcome = new Outcome(exit, said, world.saw());
    finish(talk);
    return outcome;
  }

  /// Returns the exit code. A program that has killed its supervisor has still reported
  /// its verdict.
  private static int exitCode(List<String> heard) {
    var last = heard.isEmpty() ? "" : heard.getLast();
    if (last.startsWith("exit ")) {
      return Integer.parseInt(last.substring(5));
    }
    return Outcome.isVerdict(last) && last.startsWith("contained") ? Outcome.CONTAINED : -1;
  }

  private void finish(Talk talk) throws IOException {
    if (talk.isAlive()) {
      talk.say("done");
      runner = talk;
    }
  }

  private Talk running() throws Exception {
    var existing = runner;
    if (existing != null && existing.isAlive()) {
      return existing;
    }
    var started = new Talk(command());
    started.hearUntil("ready"::equals);
    world.saw(); // discards the connection below
    runner = started;
    return started;
  }

  private ProcessBuilder command() {
    // Leaves a connection open in the supervisor, as a careless caller might.
    var leak = "exec 9<>/dev/tcp/127.0.0.1/" + world.port("FORBIDDEN_TCP4") + "; exec \"$@\"";
    var command = new ArrayList<>(List.of("bash", "-c", leak, "bash"));
    command.addAll(as);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx192m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath,
            CagedRunner.class.getName()));
    var builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.environment().put("SCONE_NETWORK_SHIELD_CANARY", "a key");
    builder.environment().put("SETUID_TWIN", binaries.resolve("A11-setuid.setuid").toString());
    builder.environment().putAll(world.settings());
    return builder;
  }

  @Override
  public void close() throws IOException {
    if (runner != null) {
      runner.close();
    }
    world.close();
    Folders.delete(folder);
  }
}
