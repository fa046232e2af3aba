package dev.testudo.agent.status;

import dev.testudo.trust.status.ShieldStatus;
import dev.testudo.trust.status.ShieldStatusJson;
import dev.testudo.trust.status.StatusDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A Unix socket that sends the status of this shield to every client and closes the connection.
/// Only the user who runs the shield can connect. Nothing is read from a client.
final class StatusSocket implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StatusSocket.class.getName());

  /// The maximum number of concurrent clients; further ones are disconnected.
  private static final int READERS = 8;

  /// How long a client may take to read, in seconds.
  private static final int PATIENCE = 5;

  private final ServerSocketChannel listener;
  private final Path path;
  private final Supplier<ShieldStatus> status;
  private final Semaphore readers = new Semaphore(READERS);

  private StatusSocket(ServerSocketChannel listener, Path path, Supplier<ShieldStatus> status) {
    this.listener = listener;
    this.path = path;
    this.status = status;
  }

  /// Opens the socket in the user's runtime directory.
  ///
  /// @param environment the environment of this process, which names that directory
  /// @param status called on a thread of this socket
  /// @throws IOException if the socket cannot be created
  static StatusSocket open(Map<String, String> environment, Supplier<ShieldStatus> status)
      throws IOException {
    var directory = StatusDirectory.open(environment);
    var id = UUID.randomUUID().toString();
    var path = StatusDirectory.socket(directory, id);
    // Renamed only once it answers, because clients take a socket that does not answer for dead.
    var unfinished = directory.resolve(id);
    var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(unfinished), READERS);
      Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rw-------"));
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      listener.close();
      Files.deleteIfExists(unfinished);
      throw e;
    }
    var socket = new StatusSocket(listener, path, status);
    Thread.ofPlatform().daemon().name("status").start(socket::serve);
    return socket;
  }

  private void serve() {
    while (listener.isOpen()) {
      try {
        var reader = listener.accept();
        if (readers.tryAcquire()) {
          Thread.ofPlatform().daemon().name("status-reader").start(() -> answer(reader));
        } else {
          reader.close();
        }
      } catch (IOException e) {
        if (listener.isOpen()) {
          LOG.log(System.Logger.Level.WARNING, "the status socket has failed: {0}", e.getMessage());
        }
        return;
      }
    }
  }

  private void answer(SocketChannel reader) {
    try (reader) {
      CompletableFuture.delayedExecutor(PATIENCE, TimeUnit.SECONDS).execute(() -> close(reader));
      var bytes = ByteBuffer.wrap(ShieldStatusJson.write(status.get()));
      while (bytes.hasRemaining()) {
        reader.write(bytes);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a status client disconnected: {0}", e.getMessage());
    } finally {
      readers.release();
    }
  }

  private static void close(SocketChannel reader) {
    try {
      reader.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a status client: {0}", e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    Files.deleteIfExists(path);
  }
}
