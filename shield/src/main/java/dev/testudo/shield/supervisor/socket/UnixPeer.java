package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.PidFd;
import dev.testudo.linux.sys.ProcessIdentity;
import dev.testudo.linux.sys.Sockets;
import java.util.Optional;

/// What the program is told of who is at the other end of a Unix socket.
///
/// @param process empty for none of this machine, or when nobody knows
public record UnixPeer(Optional<ProcessIdentity> process, int user, int group) {
  private static final int NOBODY = 65_534;

  /// A peer behind TLS has no process, user or group of this machine.
  public static final UnixPeer REMOTE = new UnixPeer(Optional.empty(), NOBODY, NOBODY);

  /// `told` by the kernel, but for the process.
  public static UnixPeer of(Sockets.Peer told, Optional<ProcessIdentity> process) {
    return new UnixPeer(process, told.user(), told.group());
  }

  public boolean isRemote() {
    return equals(REMOTE);
  }

  /// As `SO_PEERCRED` has it.
  public Sockets.Peer credentials() {
    return new Sockets.Peer(process.map(ProcessIdentity::pid).orElse(0), user, group);
  }

  /// A descriptor of its process; empty when it has none.
  public Optional<PidFd> open() throws ErrnoException {
    return process.isPresent() ? Optional.of(process.get().open()) : Optional.empty();
  }
}
