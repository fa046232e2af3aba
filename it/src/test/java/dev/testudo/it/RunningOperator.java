package dev.testudo.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The operator in a process of its own.
final class RunningOperator implements AutoCloseable {
  private final Process process;
  private final Path log;
  private final URI monitor;

  private RunningOperator(Process process, Path log, URI monitor) {
    this.process = process;
    this.log = log;
    this.monitor = monitor;
  }

  /// Starts it, and waits until it watches.
  static RunningOperator start(Path kubeconfig, String... options) throws IOException {
    var log = Files.createTempFile(kubeconfig.getParent(), "operator", ".log");
    var words =
        new ArrayList<>(
            List.of(Command.LAUNCHER.toString(), "operator", "--listen", "127.0.0.1:0"));
    words.addAll(List.of(options));
    var builder = new ProcessBuilder(words).redirectError(log.toFile());
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    var process = builder.start();
    var line = process.inputReader(UTF_8).readLine();
    if (line == null) {
      throw new AssertionError("the operator did not start:\n" + Files.readString(log));
    }
    var monitor = new ObjectMapper().readTree(line).path("monitor").asText();
    return new RunningOperator(process, log, URI.create("http://" + monitor));
  }

  /// What it answers at a path of its monitor, with the status in front.
  String ask(String path) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(monitor.resolve(path)).timeout(Duration.ofMinutes(1)).build();
      var answer = client.send(request, BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    }
  }

  /// Returns a connection to its monitor.
  Socket connect() throws IOException {
    return new Socket(monitor.getHost(), monitor.getPort());
  }

  /// Whether it is the replica that works.
  boolean leads() {
    try {
      return ask("/metrics").lines().anyMatch("testudo_operator_leader 1"::equals);
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  long pid() {
    return process.pid();
  }

  /// What it logged.
  String log() throws IOException {
    return Files.readString(log);
  }

  /// Ends it as a failure of the machine does.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Tells it to stop, and returns its exit code.
  int stop() throws InterruptedException {
    process.destroy();
    if (!Patience.outlasts(process)) {
      throw new AssertionError("it does not stop");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
