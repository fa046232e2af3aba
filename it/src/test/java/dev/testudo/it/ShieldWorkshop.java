package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cli.shield.RunningShields;
import dev.testudo.trust.status.ShieldStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// What tests of `testudo shield …` need: a folder with an authority and rules, a runtime directory
/// of its own, so that no other shield of this user is seen, and an end for everything started.
final class ShieldWorkshop {
  static final String PREFIX = "SCONE_NETWORK_SHIELD";

  private final Path folder;
  private final List<Process> started = new ArrayList<>();

  ShieldWorkshop(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectory(
        folder.resolve("runtime"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  Command testudo(String... words) {
    return testudo(Map.of(), words);
  }

  /// Runs `testudo shield` with `words` to its end.
  Command testudo(Map<String, String> environment, String... words) {
    var with = new HashMap<>(environment);
    with.put("XDG_RUNTIME_DIR", path("runtime"));
    return Command.run(with, shield(words));
  }

  /// Starts `testudo shield` with `words`; what it prints goes to the file `log`.
  Process start(String log, String... words) throws IOException {
    var nothing = ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile());
    return start(log, shield(words), nothing);
  }

  /// Starts any command.
  Process start(String log, List<String> words, ProcessBuilder.Redirect in) throws IOException {
    var builder = new ProcessBuilder(words).redirectErrorStream(true).redirectInput(in);
    builder.redirectOutput(folder.resolve(log).toFile());
    builder.environment().put("XDG_RUNTIME_DIR", path("runtime"));
    var process = builder.start();
    started.add(process);
    return process;
  }

  static List<String> shield(String... words) {
    var all = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "shield"));
    all.addAll(List.of(words));
    return all;
  }

  String log(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      return "";
    }
  }

  /// Waits until the log has a line that is exactly `line`.
  void awaitLine(String log, String line) throws InterruptedException {
    Patience.until(
        () -> log(log).lines().anyMatch(line::equals),
        () -> "waiting for the line `" + line + "` in\n" + log(log));
  }

  void await(String log, String text) throws InterruptedException {
    await(log, text, 1);
  }

  /// Waits until the log has `text` at least `times` times.
  void await(String log, String text, int times) throws InterruptedException {
    Patience.until(
        () -> count(log, text) >= times, () -> "waiting for `" + text + "` in\n" + log(log));
  }

  /// The shields that run here, each with what it tells of itself.
  List<ShieldStatus> shields() {
    try {
      return RunningShields.ask(Map.of("XDG_RUNTIME_DIR", path("runtime")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until one of the shields is as `wanted`.
  ///
  /// @param log what to show if none ever is
  ShieldStatus awaitShield(String log, Predicate<ShieldStatus> wanted) throws InterruptedException {
    var found = new ArrayList<ShieldStatus>();
    Patience.until(
        () -> {
          shields().stream().filter(wanted).findFirst().ifPresent(found::add);
          return !found.isEmpty();
        },
        () -> shields() + "\n" + log(log));
    return found.getFirst();
  }

  /// What `testudo shield` with that command has said itself in `text`, line by line; not what the
  /// shield logs of the way in which it works on this machine.
  List<String> said(String command, String text) {
    var prefix = "testudo shield %s: ".formatted(command);
    return text.lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .filter(line -> !line.startsWith("network shield: "))
        .toList();
  }

  int count(String log, String text) {
    return log(log).split(Pattern.quote(text), -1).length - 1;
  }

  /// Waits for the end of `process` and returns its exit code.
  int exit(Process process, String log) throws InterruptedException {
    assertTrue(Patience.outlasts(process), log(log));
    return process.exitValue();
  }

  /// A file that is there as a whole or not at all, for readers that watch it.
  Path file(String name, String text) throws IOException {
    var written = Files.writeString(folder.resolve(name + ".new"), text);
    return Files.move(written, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  String path(String name) {
    return folder.resolve(name).toString();
  }

  /// A new authority's certificate.
  String authority() throws IOException {
    certificate("ca", "/CN=ca", "basicConstraints=critical,CA:TRUE");
    return Files.readString(folder.resolve("ca.crt"));
  }

  /// New key and certificate of `name`, as a shield wants them.
  String identity(String name) throws IOException {
    certificate(
        name,
        "/CN=" + name,
        "basicConstraints=critical,CA:FALSE",
        "-addext",
        "subjectAltName=DNS:" + name,
        "-CA",
        path("ca.crt"),
        "-CAkey",
        path("ca.key"));
    return Files.readString(folder.resolve(name + ".key"))
        + Files.readString(folder.resolve(name + ".crt"));
  }

  private void certificate(String name, String subject, String extension, String... more) {
    var words = new ArrayList<>(List.of("openssl", "req", "-x509", "-nodes", "-days", "2"));
    words.addAll(List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"));
    words.addAll(List.of("-keyout", path(name + ".key"), "-out", path(name + ".crt")));
    words.addAll(List.of("-subj", subject, "-addext", extension));
    words.addAll(List.of(more));
    var ended = Command.run(Map.of(), words);
    assertEquals(0, ended.exit(), ended.all());
  }

  /// Rules of a server at a protected TCP port.
  static String serverRules(int port, String identity, String authority) {
    return """
        %1$s=protected
        %1$s_SERVER_redis=protected
        %1$s_SERVER_redis_PORT=TCP:%2$d
        %1$s_SERVER_redis_IDENTITY="%3$s"
        %1$s_SERVER_redis_CLIENT_AUTH="%4$s"
        """
        .formatted(PREFIX, port, identity, authority);
  }

  /// Rules of its client on the same machine.
  static String clientRules(int port, String identity, String authority) {
    return """
        %1$s=protected
        %1$s_CLIENT_redis=protected
        %1$s_CLIENT_redis_DESTINATION=TCP:redis.local:%2$d
        %1$s_CLIENT_redis_DESTINATION_IP=127.0.0.1
        %1$s_CLIENT_redis_IDENTITY="%3$s"
        %1$s_CLIENT_redis_SERVER_AUTH="%4$s"
        """
        .formatted(PREFIX, port, identity, authority);
  }

  /// Ends what was started. Nothing of it holds a port any more.
  void close() throws InterruptedException {
    for (var process : started) {
      Processes.end(process);
    }
  }
}
