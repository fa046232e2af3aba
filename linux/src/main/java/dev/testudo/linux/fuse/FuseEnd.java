package dev.testudo.linux.fuse;

/// Why a server ended.
public sealed interface FuseEnd {
  /// The file system was unmounted everywhere, and no process uses it any more, or somebody has
  /// unmounted it by force ([FuseMount#abort]).
  record Unmounted() implements FuseEnd {}

  /// Somebody aborted the connection through fusectl. Programs get ENOTCONN.
  record Aborted() implements FuseEnd {}

  /// [FuseServer#stop] was called.
  record Stopped() implements FuseEnd {}

  /// Reading requests or writing replies failed, or there is a defect in the server.
  record Failed(Throwable reason) implements FuseEnd {}
}
