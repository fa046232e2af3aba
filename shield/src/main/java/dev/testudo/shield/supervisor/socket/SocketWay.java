package dev.testudo.shield.supervisor.socket;

/// How the supervisor gets hold of the program's sockets.
public enum SocketWay {
  /// It duplicates them out of the program's descriptor table: pidfd_getfd(2) on a thread (Linux
  /// 6.9), which the seccomp profiles of containers forbid.
  DUPLICATE,

  /// It makes them itself when the program calls socket(2), and keeps a duplicate until they are
  /// connected. The filter asks about socket(2) then.
  SUPPLY
}
