package dev.testudo.shield.programs;

import dev.testudo.linux.process.Exit;
import dev.testudo.shield.Eventually;
import dev.testudo.shield.Program;
import dev.testudo.shield.RealShield;
import dev.testudo.shield.ShieldEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// One program of a story, with the rules of its shield.
final class Actor implements AutoCloseable {
  private final Story story;
  private final Map<String, String> rules = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private Optional<RealShield> shield = Optional.empty();
  private Optional<Program> program = Optional.empty();

  Actor(Story story) {
    this.story = story;
    var mode =
        switch (story.treatment()) {
          case NO_SHIELD -> "disabled";
          case UNPROTECTED -> "unprotected";
          case PROTECTED -> "protected";
        };
    rules.put("", mode);
  }

  /// Adds a rule: the program is a server at `port`.
  Actor serving(int port) {
    if (story.treatment() == Treatment.PROTECTED) {
      var rule = "SERVER_" + port;
      rules.put(rule, "protected");
      rules.put(rule + "_PORT", "TCP:" + port);
      rules.put(rule + "_IDENTITY", Story.identity());
      rules.put(rule + "_CLIENT_AUTH", Story.trust());
    }
    return this;
  }

  /// Adds a rule: the program is a client of `port`, at any address.
  Actor reaching(int port) {
    return trusting(port).rule("CLIENT_" + port + "_IDENTITY", Story.identity());
  }

  /// Adds a rule: the program is a client of `port`, without a certificate of its own.
  Actor trusting(int port) {
    var rule = "CLIENT_" + port;
    return rule(rule, "protected")
        .rule(rule + "_DESTINATION", "TCP:story:" + port)
        .rule(rule + "_DESTINATION_IP", "*")
        .rule(rule + "_SERVER_AUTH", Story.trust());
  }

  /// Adds a rule: the program is a server at this Unix socket.
  Actor serving(Path socket) {
    if (story.treatment() == Treatment.PROTECTED) {
      rules.put("SERVER_path", "protected");
      rules.put("SERVER_path_PORT", "unix:" + socket);
      rules.put("SERVER_path_IDENTITY", Story.identity());
      rules.put("SERVER_path_CLIENT_AUTH", Story.trust());
    }
    return this;
  }

  /// Adds a rule: the program is a client of this Unix socket.
  Actor reaching(Path socket) {
    if (story.treatment() == Treatment.PROTECTED) {
      rules.put("CLIENT_path", "protected");
      rules.put("CLIENT_path_DESTINATION", "unix:" + socket);
      rules.put("CLIENT_path_SERVER_DNS_NAME", "story");
      rules.put("CLIENT_path_IDENTITY", Story.identity());
      rules.put("CLIENT_path_SERVER_AUTH", Story.trust());
    }
    return this;
  }

  /// Adds a rule: the program may listen at this Unix socket without protection.
  Actor servingPlainly(Path socket) {
    return plainly("SERVER_socket", "PORT", socket);
  }

  /// Adds a rule: the program may connect to this Unix socket without protection.
  Actor reachingPlainly(Path socket) {
    return plainly("CLIENT_socket", "DESTINATION", socket);
  }

  private Actor plainly(String rule, String suffix, Path socket) {
    if (story.treatment() == Treatment.PROTECTED) {
      rules.put(rule, "unprotected");
      rules.put(rule + "_" + suffix, "unix:" + socket);
    }
    return this;
  }

  /// Adds a variable to the rules, without its prefix.
  Actor rule(String name, String value) {
    if (story.treatment() == Treatment.PROTECTED) {
      rules.put(name, value);
    }
    return this;
  }

  Actor with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /// Starts the program. A program outside the usual path needs its absolute path.
  Actor starts(Object... command) throws IOException {
    var made = new RealShield(story.folder(), rules);
    shield = Optional.of(made);
    var words = Stream.of(command).map(Object::toString).toList();
    program = Optional.of(made.start(words, environment));
    return this;
  }

  /// Runs the program to its end, which must be successful, and returns its output.
  String runs(Object... command) throws IOException, InterruptedException {
    return starts(command).ends();
  }

  /// Waits for a successful end, and returns the program's output.
  String ends() throws InterruptedException {
    var exit = endsAnyhow();
    if (!exit.equals(new Exit.Exited(0))) {
      throw new AssertionError(exit + ":\n" + text() + "\n" + story.troubles());
    }
    return text();
  }

  /// Waits for the end, successful or not.
  Exit endsAnyhow() throws InterruptedException {
    var running = program.orElseThrow();
    var exit = new CompletableFuture<Exit>();
    Thread.ofPlatform().daemon().start(() -> exit.complete(running.end()));
    try {
      return exit.get(story.patience().toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("did not end:\n" + text() + "\n" + story.troubles(), e);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /// Ends the shield while the program continues.
  void losesItsShield() {
    shield.orElseThrow().shield.close();
  }

  /// Kills the program and what it has started. Its shield then ends.
  void isKilled() throws IOException {
    shield.orElseThrow().close();
  }

  /// Waits until a socket listens at `port`.
  Actor listensAt(int port) throws InterruptedException {
    var listens = new AtomicBoolean();
    Eventually.holds(
        () -> {
          listens.set(Listeners.at(port));
          return listens.get() || ended();
        },
        () -> "nobody listens at " + port + ":\n" + text());
    // Not checked again: a read of /proc may miss a socket while others come and go.
    if (!listens.get()) {
      throw new AssertionError("ended instead of listening:\n" + text());
    }
    return this;
  }

  private boolean ended() {
    var pid = program.orElseThrow().child().pid();
    return !Files.exists(Path.of("/proc/" + pid + "/exe"));
  }

  /// Waits until the output of the program contains `words`.
  Actor says(String words) throws InterruptedException {
    Eventually.holds(
        () -> text().contains(words) || ended(), () -> "never said `" + words + "`:\n" + text());
    if (!text().contains(words)) {
      throw new AssertionError("ended without saying `" + words + "`:\n" + text());
    }
    return this;
  }

  String text() {
    return program.orElseThrow().text();
  }

  Stream<ShieldEvent> events() {
    return shield.stream().flatMap(made -> List.copyOf(made.events).stream());
  }

  @Override
  public void close() throws IOException {
    if (shield.isPresent()) {
      shield.get().close();
    }
  }
}
