package dev.testudo.agent.mounter;

import dev.testudo.agent.view.MountNamespace;
import dev.testudo.linux.mount.Mounts;
import dev.testudo.linux.sys.DescriptorMessages;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;

/// One connection of an agent: one mount, which ends with the connection.
///
/// The caller is not trusted. It decides nothing but its own mount, and cannot make another caller
/// wait.
record MountSession(
    Fd connection, ContainerCaller caller, PermittedPlaces places, Workers workers) {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// Serves the caller until it ends the connection.
  ///
  /// @throws IOException if nothing was mounted; the message says why
  void run() throws IOException {
    Packets.limit(connection, PATIENCE);
    var request = request();
    if (!places.permits(request.path())) {
      throw new IOException(
          "%s is not below the directories in which this node mounts volumes"
              .formatted(request.path()));
    }
    try (var made = workers.make(request, caller)) {
      inNamespace(
          () -> {
            try (var directory = PermittedPlaces.open(request.path(), caller.user())) {
              made.mount().attach(directory);
            }
          });
      try {
        DescriptorMessages.send(connection, new byte[1], made.devices());
        made.devices().forEach(Fd::close); // the connection to the kernel ends with the agent
        awaitEnd();
      } finally {
        detach(made);
      }
    }
  }

  private MountRequest request() throws IOException {
    var received = DescriptorMessages.receive(connection, MountRequest.LONGEST);
    received.descriptors().forEach(Fd::close);
    return MountRequest.parse(received.data())
        .orElseThrow(() -> new IOException("the request is malformed"));
  }

  /// Waits for the caller to end the connection. Whatever it sends means that.
  private void awaitEnd() throws IOException {
    Packets.limit(connection, Duration.ZERO);
    try {
      DescriptorMessages.receive(connection, 1).descriptors().forEach(Fd::close);
    } catch (EOFException _) {
      // It has ended.
    }
  }

  private void detach(Workers.Made made) throws IOException {
    try (var descriptors = Files.open("/proc/self/fd", Files.O_PATH | Files.O_DIRECTORY)) {
      inNamespace(() -> made.mount().detach(descriptors));
    }
  }

  /// Runs a task in the mount namespace of the caller, on a thread that ends then.
  private void inNamespace(MountNamespace.Task task) throws IOException {
    try {
      MountNamespace.onNewThread(
          () -> {
            Mounts.enter(caller.mounts());
            task.run();
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
