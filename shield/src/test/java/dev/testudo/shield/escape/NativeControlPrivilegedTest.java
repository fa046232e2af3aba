package dev.testudo.shield.escape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs the escape programs without a shield. Each must escape in the way that it claims, which
/// shows that the suite can fail, or claim that the kernel itself contains it.
@Timeout(600)
class NativeControlPrivilegedTest {
  /// How long a program may take to win a race. It ends when it wins; a program that the kernel
  /// always beats takes the usual time.
  private static final String LONG_RACE_MS = "20000";

  private static Path binaries;
  private static World world;

  static Stream<EscapeProgram> programs() {
    return EscapeProgram.all().stream();
  }

  @BeforeAll
  static void open() throws Exception {
    binaries = World.open(Files.createTempDirectory("escape"));
    Binaries.into(binaries);
    world = new World(binaries, List.of());
  }

  @AfterAll
  static void close() throws IOException {
    world.close();
    Folders.delete(binaries);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("programs")
  void getsOutAsItSays(EscapeProgram program) throws Exception {
    var outcome = run(program);
    assertEquals(program.nativeKind(), outcome.kind(), outcome::toString);
    if (program.nativeKind().equals("reached")) {
      assertFalse(outcome.saw().isEmpty(), () -> "nobody confirms it: " + outcome);
    }
  }

  private static Outcome run(EscapeProgram program) throws Exception {
    var standIn = new ProcessBuilder("sleep", "60");
    standIn.environment().put("SCONE_NETWORK_SHIELD_CANARY", "a key");
    var supervisor = standIn.start();
    try (var talk = new Talk(command(program, supervisor.pid()))) {
      var said = talk.hearUntil(line -> false);
      return new Outcome(0, said.isEmpty() ? "" : said.getLast(), world.saw());
    } finally {
      supervisor.destroyForcibly().waitFor();
    }
  }

  private static ProcessBuilder command(EscapeProgram program, long supervisor) throws IOException {
    var binary = binaries.resolve(program.name());
    var command = new ArrayList<>(List.of(binary.toString()));
    if (program.row().equals("A12")) {
      // Leaves a connection open, as a careless caller might.
      var connection = "/dev/tcp/127.0.0.1/" + world.port("FORBIDDEN_TCP4");
      command.addAll(0, List.of("bash", "-c", "exec 7<>" + connection + "; exec \"$0\""));
    }
    // Java reads a process's output only until it ends, but some leave children that write later.
    command.addAll(0, List.of("sh", "-c", "\"$@\" | cat", "sh"));
    var builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(world.settings());
    if (!program.nativeKind().equals("contained")) {
      builder.environment().put("RACE_MS", LONG_RACE_MS);
    }
    builder.environment().put("SCRATCH", world.scratch(program).toString());
    builder.environment().put("SUPERVISOR", Long.toString(supervisor));
    builder.environment().put("SETUID_TWIN", SetuidTwin.of(binary).toString());
    return builder;
  }
}
