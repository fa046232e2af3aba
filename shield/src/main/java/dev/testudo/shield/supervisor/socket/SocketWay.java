package dev.testudo.shield.supervisor.socket;

/// The way in which the supervisor accesses the program's sockets.
public enum SocketWay {
  /// Duplicates them from the program's descriptor table with pidfd_getfd(2) on a thread. That
  /// requires Linux 6.9, and the seccomp profiles of containers forbid it.
  DUPLICATE,

  /// Creates them when the program calls socket(2), and keeps a duplicate until they are connected.
  /// The filter then passes socket(2) to the supervisor.
  SUPPLY
}
