package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketDiag;
import java.util.Optional;

/// The program's end of a protected listener, as the state of its socket refers to it.
public interface ProtectedListener {
  /// Returns whether the socket is bound but does not listen yet. The kernel cannot be asked about
  /// such a socket.
  boolean isReserved();

  /// Returns whether the program's socket with this cookie still exists. It must not be reserved.
  boolean exists(SocketDiag diag, long cookie) throws ErrnoException;

  /// Returns whether peers reach it at this port.
  boolean isAt(int port);

  /// Returns whether peers reach it at this path, spelled as in the rule.
  boolean isAt(String path);

  /// Returns the relay's socket at which peers arrive, for use with [Fd#whileOpen].
  Optional<Fd> front();

  /// Called when the program's socket no longer listens.
  void stopListening();

  /// Called when the program has closed the socket.
  void release();
}
