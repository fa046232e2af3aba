package dev.testudo.agent.mounter;

import dev.testudo.linux.sys.Epoll;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Files;
import dev.testudo.linux.sys.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The process at the other end of a connection, as the kernel tells it, and its namespaces.
///
/// @param user its user id when it connected
/// @param group its group id
/// @param mounts its mount namespace
/// @param processes its PID namespace
record ContainerCaller(int user, int group, Fd mounts, Fd processes) implements AutoCloseable {
  /// Finds out who has connected.
  ///
  /// @throws IOException if the process has ended or is in no container: it shares the mount
  ///     namespace of this process, or has a user namespace of its own, whose ids mean others
  static ContainerCaller of(Fd connection) throws IOException {
    var peer = Sockets.peer(connection);
    if (peer.process() <= 0) {
      throw new IOException("the caller is in no PID namespace below that of the mounter");
    }
    try (var process = process(connection)) {
      var caller = of(peer);
      try {
        caller.requireContainer(process);
        return caller;
      } catch (IOException e) {
        caller.close();
        throw e;
      }
    }
  }

  private static ContainerCaller of(Sockets.Peer peer) throws IOException {
    var names = "/proc/" + peer.process() + "/ns/";
    requireOwnUsers(open(names + "user"));
    var mounts = open(names + "mnt");
    try {
      return new ContainerCaller(peer.user(), peer.group(), mounts, open(names + "pid"));
    } catch (ErrnoException e) {
      mounts.close();
      throw e;
    }
  }

  /// While the process lives, its number means no other one.
  private void requireContainer(Fd process) throws IOException {
    boolean isAlive = (Sockets.poll(process, Epoll.EPOLLIN) & Epoll.EPOLLIN) == 0;
    if (!isAlive || isOwn("mnt", mounts)) {
      throw new IOException("the caller is in no container, or has ended");
    }
  }

  private static boolean isOwn(String kind, Fd namespace) throws ErrnoException {
    try (var own = open("/proc/self/ns/" + kind)) {
      return Files.isSameFile(own, namespace);
    }
  }

  private static Fd open(String name) throws ErrnoException {
    return Files.open(name, 0);
  }

  private static void requireOwnUsers(Fd namespace) throws IOException {
    try (namespace) {
      if (!isOwn("user", namespace)) {
        throw new IOException("the caller has a user namespace of its own");
      }
    }
  }

  /// Returns a pidfd of the process that has connected (Linux 6.5).
  private static Fd process(Fd connection) throws ErrnoException {
    var option =
        Sockets.option(connection, Sockets.SOL_SOCKET, Sockets.SO_PEERPIDFD, Integer.BYTES);
    return new Fd(ByteBuffer.wrap(option).order(ByteOrder.nativeOrder()).getInt());
  }

  /// Returns what is the same for all processes of a pod's container.
  long container() throws ErrnoException {
    return Files.inode(processes);
  }

  @Override
  public void close() {
    mounts.close();
    processes.close();
  }
}
