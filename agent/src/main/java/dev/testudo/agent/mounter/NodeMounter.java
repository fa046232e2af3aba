package dev.testudo.agent.mounter;

import dev.testudo.linux.sys.DescriptorMessages;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// Serves agents of pods at a Unix socket. Each connection has a thread.
final class NodeMounter {
  /// How many connections there may be, and how many of one container.
  private static final int MOST = 256;

  private static final int MOST_OF_CONTAINER = 16;
  private static final int BACKLOG = 64;
  private static final int EVERYBODY = 0666;
  private static final int S_IFMT = 0170000;
  private static final int S_IFSOCK = 0140000;
  private static final long PAUSE = 100;
  private static final Duration DRAIN = Duration.ofMillis(200);

  private final Fd listener;
  private final PermittedPlaces places;
  private final Workers workers;
  private final Consumer<String> report;
  private final Semaphore free = new Semaphore(MOST);
  private final Map<Long, Integer> containers = new HashMap<>();

  private NodeMounter(
      Fd listener, PermittedPlaces places, Workers workers, Consumer<String> report) {
    this.listener = listener;
    this.places = places;
    this.workers = workers;
    this.report = report;
  }

  /// Listens at a socket that everybody may connect to who reaches it.
  ///
  /// @param report gets a line about each mount and each refusal
  static NodeMounter listen(
      Path socket, PermittedPlaces places, Workers workers, Consumer<String> report)
      throws IOException {
    removeEarlier(socket);
    var listener = Packets.listen(socket, BACKLOG);
    Files.setAttribute(socket, "unix:mode", EVERYBODY);
    return new NodeMounter(listener, places, workers, report);
  }

  /// Removes the socket of an earlier run.
  private static void removeEarlier(Path socket) throws IOException {
    if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      int mode = (int) Files.getAttribute(socket, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      if ((mode & S_IFMT) == S_IFSOCK) {
        Files.delete(socket);
      }
    }
  }

  /// Accepts connections for ever.
  void run() throws InterruptedException {
    while (true) {
      try {
        var connection = Sockets.accept4(listener, 0);
        if (connection.isPresent()) {
          serve(connection.get().fd());
        }
      } catch (IOException e) {
        report.accept("cannot accept a connection: " + e.getMessage());
        Thread.sleep(PAUSE);
      }
    }
  }

  private void serve(Fd connection) {
    if (!free.tryAcquire()) {
      connection.close();
      return;
    }
    Thread.ofPlatform()
        .daemon()
        .name("mount")
        .start(
            () -> {
              try (connection) {
                serveOrRefuse(connection);
              } finally {
                free.release();
              }
            });
  }

  private void serveOrRefuse(Fd connection) {
    try {
      serveOne(connection);
    } catch (IOException e) {
      refuse(connection, String.valueOf(e.getMessage()));
    }
  }

  private void serveOne(Fd connection) throws IOException {
    try (var caller = ContainerCaller.of(connection)) {
      long container = caller.container();
      if (!enter(container)) {
        throw new IOException("the container has %d mounts".formatted(MOST_OF_CONTAINER));
      }
      try {
        new MountSession(connection, caller, places, workers).run();
      } finally {
        leave(container);
      }
    }
  }

  private synchronized boolean enter(long container) {
    int mounts = containers.getOrDefault(container, 0);
    if (mounts == MOST_OF_CONTAINER) {
      return false;
    }
    containers.put(container, mounts + 1);
    return true;
  }

  private synchronized void leave(long container) {
    containers.computeIfPresent(container, (_, mounts) -> mounts == 1 ? null : mounts - 1);
  }

  private void refuse(Fd connection, String why) {
    report.accept(why);
    drain(connection);
    try {
      Packets.send(connection, why);
    } catch (IOException _) {
      // The caller has gone.
    }
  }

  /// Takes a request that was not read. If it stayed there, the caller would get an error instead
  /// of the answer.
  private static void drain(Fd connection) {
    try {
      Packets.limit(connection, DRAIN);
      DescriptorMessages.receive(connection, MountRequest.LONGEST).descriptors().forEach(Fd::close);
    } catch (IOException _) {
      // There is none.
    }
  }
}
