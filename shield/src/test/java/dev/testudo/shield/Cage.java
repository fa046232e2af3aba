package dev.testudo.shield;

import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.linux.sys.Architecture;
import dev.testudo.shield.filter.ShieldFilter;
import dev.testudo.shield.supervisor.Supervisor;
import dev.testudo.shield.supervisor.socket.SocketWay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// Runs real programs under a real filter and supervisor, with rules and a relay made for the test.
final class Cage implements AutoCloseable {
  final ScriptedDecisions decisions = new ScriptedDecisions();
  final PlainRelay relay = new PlainRelay();
  final List<ShieldEvent> events = new CopyOnWriteArrayList<>();
  private final Path directory;
  private final LocalNetwork network;
  private final boolean unsupportedProtocols;
  private final List<Supervisor> supervisors = new ArrayList<>();
  private final List<Family> families = new ArrayList<>();

  Cage(Path directory) {
    this(directory, new LocalNetwork.Host(), false);
  }

  Cage(Path directory, LocalNetwork network, boolean unsupportedProtocols) {
    this.directory = directory;
    this.network = network;
    this.unsupportedProtocols = unsupportedProtocols;
  }

  /// A started program and its supervisor.
  record Running(Child child, Path output, Supervisor supervisor) implements Program {}

  /// Starts a Python program of the test resources.
  Running python(String program, Object... arguments) throws IOException {
    var command = new ArrayList<>(List.of("/usr/bin/python3", "-u", resource(program).toString()));
    for (var argument : arguments) {
      command.add(argument.toString());
    }
    return start(command);
  }

  /// Compiles and starts a C program of the test resources, statically linked.
  Running c(String program, Object... arguments) throws IOException, InterruptedException {
    var binary = directory.resolve(program.replace(".c", ""));
    if (!Files.exists(binary)) {
      var gcc =
          new ProcessBuilder(
                  "gcc",
                  "-O1",
                  "-static",
                  "-pthread",
                  "-o",
                  binary.toString(),
                  "" + resource(program))
              .inheritIO()
              .start();
      if (gcc.waitFor() != 0) {
        throw new IOException("gcc failed");
      }
    }
    var command = new ArrayList<>(List.of(binary.toString()));
    for (var argument : arguments) {
      command.add(argument.toString());
    }
    return start(command);
  }

  Running start(List<String> command) throws IOException {
    var output = Files.createTempFile(directory, "output", ".txt");
    var quoted = command.stream().map(word -> "'" + word + "'").toList();
    var shell = "exec " + String.join(" ", quoted) + " > '" + output + "' 2>&1";
    var program =
        new Command(
            Path.of("/bin/sh"),
            List.of("sh", "-c", shell),
            Map.of("PATH", "/usr/bin:/bin"),
            Optional.empty());
    var way = Support.socketWay();
    var filter =
        ShieldFilter.build(
            Architecture.current(),
            new ShieldFilter.Options(
                unsupportedProtocols, false, way == SocketWay.SUPPLY, true, false));
    var child =
        Launch.shielded(
            () -> {},
            filter,
            (listener, root) ->
                supervisors.add(
                    Supervisor.start(
                        listener,
                        root,
                        way,
                        decisions,
                        relay,
                        network,
                        events::add,
                        Optional.empty())),
            program);
    families.add(new Family(child));
    return new Running(child, output, supervisors.getLast());
  }

  private static Path resource(String name) {
    return Path.of("src/test/resources/programs", name).toAbsolutePath();
  }

  @Override
  public void close() throws IOException {
    for (var family : families) {
      family.end();
    }
    supervisors.forEach(Supervisor::close);
    relay.close();
  }
}
