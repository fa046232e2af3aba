package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.SocketDiag;
import java.util.Optional;

/// The program's end of a protected listener, as its socket's state knows it.
public interface ProtectedListener {
  /// Whether its socket is bound for it and does not listen yet: the kernel cannot be asked about
  /// such a socket.
  boolean isReserved();

  /// Whether the program's socket with this cookie, which is not reserved, still exists.
  boolean exists(SocketDiag diag, long cookie) throws ErrnoException;

  /// Whether peers reach it at this port.
  boolean isAt(int port);

  /// Whether peers reach it at this path, as the rule has it.
  boolean isAt(String path);

  /// The socket through which peers come, the relay's, for [Fd#whileOpen].
  Optional<Fd> front();

  /// The program's socket takes no connections any more.
  void stopListening();

  /// The program's socket is gone.
  void release();
}
