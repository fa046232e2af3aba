package dev.testudo.linux.fuse;

/// Is told what no program is told. The server's threads call it, so it must return quickly and
/// must not touch the mount.
public interface FuseListener {
  /// A request failed with an exception that is no [FuseError]. The program got EIO.
  void failed(FuseOpcode opcode, Exception reason);

  /// The kernel sent a request with a wrong structure, or one too short to have a kind. The program
  /// got an error.
  void malformed(String what);

  /// Serving ended, on its own or because of [FuseServer#stop].
  void ended(FuseEnd end);
}
