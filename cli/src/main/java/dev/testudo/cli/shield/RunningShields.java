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

/// The shields that this user runs, asked through their status sockets. A socket that nobody
/// answers at is left over from a shield that was killed, and is removed.
public final class RunningShields {
  /// What one shield may take to answer, in seconds.
  private static final int PATIENCE = 5;

  /// More sockets are not looked at.
  private static final int MOST = 1000;

  /// Shields asked at the same time.
  private static final int AT_ONCE = 64;

  private RunningShields() {}

  /// What every shield says of itself now, the oldest first.
  ///
  /// @param environment of this process, which says where the sockets are
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
      // It has ended meanwhile, is stuck, or speaks another version: not one to show.
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
      // The next one who looks tries again.
    }
  }

  private static void close(SocketChannel socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It is being closed by its reader.
    }
  }
}
