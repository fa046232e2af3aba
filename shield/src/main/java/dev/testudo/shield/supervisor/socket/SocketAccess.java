package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.StoppedCall;
import java.util.Optional;

/// Borrows the program's sockets, in one of two ways ([SocketWay]); nothing else differs between
/// them.
public sealed interface SocketAccess permits DuplicatedSockets, SuppliedSockets {
  /// The socket that argument 0 of `call` names; the caller closes it. Empty for one that has been
  /// let go of, or is none of the program's making. Throws `EBADF`, `ENOTSOCK`.
  Optional<ProgramSocket> borrow(StoppedCall call) throws ErrnoException;

  /// Whether the program still has the socket where it was last seen.
  boolean isInPlace(SocketState state);

  /// The socket where it was last seen, when it is there still and can be got; the caller closes
  /// it.
  Optional<ProgramSocket> again(SocketState state);

  /// A connect of `socket` has got this answer.
  void connecting(ProgramSocket socket, Answer answer) throws ErrnoException;

  /// A connect that was waited for elsewhere has come to its end.
  void connectEnded(long cookie);

  /// The program has been given a connection, which is not kept.
  void given(Fd connection, ProgramSocket.Place place) throws ErrnoException;

  /// Lets go of sockets that the program has closed, so that their addresses are free. True if
  /// there were any.
  boolean releaseDead();

  /// Lets go of everything.
  void close();
}
