package dev.testudo.shield;

import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Command;
import dev.testudo.policy.shield.ShieldRules;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Parsed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/// A complete shield as in production, around one program, with rules given as variables.
public final class RealShield implements AutoCloseable {
  /// How a connection ends that nothing went wrong with.
  public static final Set<String> ENDED_WELL =
      Set.of("closed by the peer", "closed by the program");

  private static final String PREFIX = "SCONE_NETWORK_SHIELD";

  public final List<ShieldEvent> events = new CopyOnWriteArrayList<>();
  public final Shield shield;
  private final Path directory;
  private Optional<Family> family = Optional.empty();

  /// @param rules variables without their prefix: `SERVER_1`, `SERVER_1_PORT`. The empty name is
  ///     the default mode, which is `protected` if omitted
  public RealShield(Path directory, Map<String, String> rules) {
    this.directory = directory;
    this.shield =
        value(
            Shield.of(rules(rules), new LocalNetwork.Host(), events::add, InstantSource.system()));
  }

  /// Returns the rules for variables without their prefix.
  static ShieldRules rules(Map<String, String> variables) {
    var named = new TreeMap<String, String>();
    named.put(PREFIX, "protected");
    variables.forEach(
        (name, value) -> named.put(name.isEmpty() ? PREFIX : PREFIX + "_" + name, value));
    return value(ShieldVariables.read(named));
  }

  private static <T> T value(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> value;
      case Parsed.Invalid<T>(var problems) -> throw new AssertionError(problems.toString());
    };
  }

  record Started(Child child, Path output) implements Program {}

  /// Starts a Python program of the test resources.
  Program python(String program, Object... arguments) throws IOException {
    var file = Path.of("src/test/resources/programs", program).toAbsolutePath();
    var command = new ArrayList<>(List.of("/usr/bin/python3", "-u", file.toString()));
    for (var argument : arguments) {
      command.add(argument.toString());
    }
    return start(command);
  }

  public Program start(List<String> command) throws IOException {
    return start(command, Map.of());
  }

  /// Starts a program with these variables in addition to the usual ones.
  public Program start(List<String> command, Map<String, String> variables) throws IOException {
    var output = Files.createTempFile(directory, "output", ".txt");
    var quoted = command.stream().map(word -> "'" + word + "'").toList();
    var shell = "exec " + String.join(" ", quoted) + " > '" + output + "' 2>&1";
    var environment = new TreeMap<>(variables);
    environment.putIfAbsent("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    var program =
        new Command(
            Path.of("/bin/sh"),
            List.of("sh", "-c", shell),
            environment,
            Optional.empty(),
            Command.Input.EMPTY);
    var started = shield.launch(() -> {}, program);
    family = Optional.of(new Family(started));
    return new Started(started, output);
  }

  /// Waits for the refusal of `operation` for this reason.
  void refuses(String operation, String reason) throws InterruptedException {
    Eventually.holds(
        () ->
            refusals()
                .anyMatch(one -> one.operation().equals(operation) && one.reason().equals(reason)),
        () -> "no refusal of %s with `%s`: %s".formatted(operation, reason, events));
  }

  /// Waits for a refusal of `operation` that no rule asked for.
  void refusesByDefault(String operation) throws InterruptedException {
    Eventually.holds(
        () -> refusals().anyMatch(one -> one.operation().equals(operation) && one.rule().isEmpty()),
        () -> "no refusal of %s by default: %s".formatted(operation, events));
  }

  private Stream<ShieldEvent.Refused> refusals() {
    return events.stream()
        .filter(ShieldEvent.Refused.class::isInstance)
        .map(ShieldEvent.Refused.class::cast);
  }

  @Override
  public void close() throws IOException {
    if (family.isPresent()) {
      family.get().end();
    }
    shield.close();
  }
}
