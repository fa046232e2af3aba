package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.PidFd;
import dev.testudo.linux.sys.ProcessIdentity;
import dev.testudo.linux.sys.Sockets;
import java.util.Optional;

/// The credentials that the program sees for the other end of a Unix socket.
///
/// @param process the peer's process; empty if it is not on this machine or unknown
public record UnixPeer(Optional<ProcessIdentity> process, int user, int group) {
  private static final int NOBODY = 65_534;

  /// A peer behind TLS, which has no process, user or group on this machine.
  public static final UnixPeer REMOTE = new UnixPeer(Optional.empty(), NOBODY, NOBODY);

  /// Returns the peer that the kernel reported as `told`, but with `process`.
  public static UnixPeer of(Sockets.Peer told, Optional<ProcessIdentity> process) {
    return new UnixPeer(process, told.user(), told.group());
  }

  public boolean isRemote() {
    return equals(REMOTE);
  }

  /// Returns the value of `SO_PEERCRED`.
  public Sockets.Peer credentials() {
    return new Sockets.Peer(process.map(ProcessIdentity::pid).orElse(0), user, group);
  }

  /// Opens a pidfd of the peer's process, if it has one.
  public Optional<PidFd> open() throws ErrnoException {
    return process.isPresent() ? Optional.of(process.get().open()) : Optional.empty();
  }
}
