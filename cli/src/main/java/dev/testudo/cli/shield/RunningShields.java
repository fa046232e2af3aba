package dev.testudo.cli.shield;

import dev.testudo.trust.status.ShieldStatus;
import dev.testudo.trust.status.ShieldStatusJson;
import dev.testudo.trust.status.StatusDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// Finds the running shields of this user and asks for their status through their sockets. A socket
/// at which nobody listens was left by a shield that was killed; it is removed.
public final class RunningShields {
  /// The timeout for an answer, in seconds.
  private static final int PATIENCE = 5;

  /// The most sockets that are asked.
  private static final int MOST = 1000;

  /// The number of shields asked at the same time.
  private static final int AT_ONCE = 64;

  private RunningShields() {}

  /// Returns the status of every running shield, the oldest first.
  ///
  /// @param environment the environment of this process, which determines the
  ///     directory of the sockets
  public static List<ShieldStatus> ask(Map<String, String> environment) throws IOException {
    var sockets =
        StatusDirectory.sockets(StatusDirectory.open(environment)).stream().limit(MOST).toList();
    var threads = Thread.ofPlatform().daemon().name("asks-", 0).factory();
    try (var asking = Executors.newFixedThreadPool(AT_ONCE, threads)) {
      var answers =
          sockets.stream()
              .map(socket -> CompletableFuture.supplyAsync(() -> ask(socket), asking))
              .toList();
      return answers.stream()
          .flatMap(answer -> answer.join().stream())
          .sorted(
              Comparator.comparing((ShieldStatus shield) -> shield.shielded().since())
                  .thenComparing(shield -> shield.shielded().program()))
          .toList();
    }
  }

  private static Optional<ShieldStatus> ask(Path path) {
    try (var socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      CompletableFuture.delayedExecutor(PATIENCE, TimeUnit.SECONDS).execute(() -> close(socket));
      socket.connect(UnixDomainSocketAddress.of(path));
      return Optional.of(ShieldStatusJson.read(everything(socket)));
    } catch (ConnectException _) {
      removeLeftOver(path);
      return Optional.empty();
    } catch (IOException _) {
      // The shield has just ended, hangs, or speaks another version of the format. Leave it out.
      return Optional.empty();
    }
  }

  private static byte[] everything(SocketChannel socket) throws IOException {
    var all = new ByteArrayOutputStream();
    var buffer = ByteBuffer.allocate(64 << 10);
    while (all.size() <= ShieldStatusJson.LIMIT && socket.read(buffer) >= 0) {
      all.write(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
    return all.toByteArray();
  }

  private static void removeLeftOver(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException _) {
      // The next caller tries again.
    }
  }

  private static void close(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // Its reader is closing it.
    }
  }
}
