package dev.testudo.shield.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A program of Debian's as the other end, an implementation that shares no code with the shield.
final class ForeignTool implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;
  private final Process process;
  private final StringBuilder output = new StringBuilder();
  private final Thread reader;

  private ForeignTool(List<String> command) throws IOException {
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    reader = Thread.ofVirtual().start(this::read);
  }

  /// Runs any command.
  static ForeignTool run(String... command) throws IOException {
    return new ForeignTool(List.of(command));
  }

  /// Runs `openssl s_client`, which connects.
  static ForeignTool client(int port, String... more) throws IOException {
    var arguments =
        new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port));
    arguments.addAll(List.of(more));
    return new ForeignTool(arguments);
  }

  /// Runs `openssl s_server`, which listens.
  static ForeignTool server(int port, String... more) throws IOException {
    var arguments = new ArrayList<>(List.of("openssl", "s_server", "-accept", "127.0.0.1:" + port));
    arguments.addAll(List.of(more));
    var server = new ForeignTool(arguments);
    server.await("ACCEPT");
    return server;
  }

  private void read() {
    try (InputStream in = process.getInputStream()) {
      var buffer = new byte[4096];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        synchronized (output) {
          output.append(new String(buffer, 0, n, UTF_8));
        }
      }
    } catch (IOException _) {
      // The process has ended.
    }
  }

  OutputStream input() {
    return process.getOutputStream();
  }

  void type(String text) throws IOException {
    input().write(text.getBytes(UTF_8));
    input().flush();
  }

  /// Waits until `text` was printed.
  String await(String text) {
    return await(text, 1);
  }

  /// Waits until `text` was printed `times` times.
  String await(String text, int times) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (printed().split(Pattern.quote(text), -1).length <= times) {
      if (System.nanoTime() > until) {
        throw new AssertionError("`" + text + "` was not printed, only: " + printed());
      }
      sleep();
    }
    return printed();
  }

  /// Waits for the end, and returns everything that was printed.
  String end() throws InterruptedException {
    return end(PATIENCE_SECONDS);
  }

  /// As [#end()], with a time limit in seconds.
  String end(long seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end: " + printed());
    }
    reader.join();
    return printed();
  }

  private String printed() {
    synchronized (output) {
      return output.toString();
    }
  }

  /// Ends without closing its connection, like a crash.
  void kill() {
    process.destroyForcibly();
  }

  private static void sleep() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
