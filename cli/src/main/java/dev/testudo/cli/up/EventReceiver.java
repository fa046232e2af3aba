package dev.testudo.cli.up;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.channel.AgentEvents;
import dev.testudo.trust.json.MessageException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/// Receives the reports of one service's agent. It accepts a single connection and then removes its
/// socket from the file system. The agent connects before its program exists, so the program cannot
/// send reports in the agent's name.
final class EventReceiver implements AutoCloseable {
  /// Receives reports one at a time.
  interface Reports {
    void report(AgentEvents.Line line) throws InterruptedException;

    /// Receives the error if the agent sent something that is not a report.
    /// Nothing more is read then.
    void garbled(String why);
  }

  private final Path path;
  private final String serviceId;
  private final ServerSocketChannel listener;
  private final CompletableFuture<Void> connected = new CompletableFuture<>();
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  private EventReceiver(Path path, String serviceId, ServerSocketChannel listener) {
    this.path = path;
    this.serviceId = serviceId;
    this.listener = listener;
  }

  /// Listens at `path` for the agent of the service `serviceId`.
  static EventReceiver listen(Path path, String serviceId, Reports reports) throws IOException {
    var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(path), 1);
    } catch (IOException e) {
      listener.close();
      throw e;
    }
    var socket = new EventReceiver(path, serviceId, listener);
    Thread.ofPlatform().daemon().name("events of " + serviceId).start(() -> socket.serve(reports));
    return socket;
  }

  /// Returns a future that completes when the agent has connected, or cannot connect any more.
  CompletableFuture<Void> connected() {
    return connected;
  }

  /// Returns a future that completes when no more reports will follow.
  CompletableFuture<Void> done() {
    return done;
  }

  Path path() {
    return path;
  }

  private void serve(Reports reports) {
    try (var agent = accept();
        var in = new BufferedInputStream(Channels.newInputStream(agent))) {
      for (var line = line(in); line != null; line = line(in)) {
        var report = AgentEvents.parse(line);
        if (!report.service().equals(serviceId)) {
          throw new MessageException("a report for another service");
        }
        reports.report(report);
      }
    } catch (MessageException e) {
      reports.garbled(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      // The agent is gone or never connected; the end of its process tells why.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      done.complete(null);
    }
  }

  private SocketChannel accept() throws IOException {
    try (this) {
      return listener.accept();
    } finally {
      connected.complete(null);
    }
  }

  /// Returns the next line, or null at the end.
  private static @org.jspecify.annotations.Nullable String line(InputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (var next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        return null;
      }
      if (bytes.size() == AgentEvents.LIMIT) {
        throw new MessageException("a report of more than %d bytes".formatted(AgentEvents.LIMIT));
      }
      bytes.write(next);
    }
    return bytes.toString(UTF_8);
  }

  /// Stops listening. An existing connection stays open.
  @Override
  public void close() throws IOException {
    listener.close();
    Files.deleteIfExists(path);
  }

  /// Closes like [#close()] and ignores failures, since the next run cleans up.
  void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      // Ignored, as said above.
    }
  }
}
