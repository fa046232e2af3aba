package dev.testudo.shield.supervisor.socket;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.StoppedCall;
import java.util.Optional;

/// Gives access to the program's sockets, in one of two ways ([SocketWay]). Nothing else depends on
/// the way.
public sealed interface SocketAccess permits DuplicatedSockets, SuppliedSockets {
  /// Returns the socket in argument 0 of `call`, which the caller closes. Returns empty for a
  /// socket that was released, or that the program got from elsewhere.
  ///
  /// @throws ErrnoException `EBADF` or `ENOTSOCK`
  Optional<ProgramSocket> borrow(StoppedCall call) throws ErrnoException;

  /// Returns whether the program still has the socket where it was last seen.
  boolean isInPlace(SocketState state);

  /// Returns the socket from where it was last seen, if it is still there and accessible. The
  /// caller closes it.
  Optional<ProgramSocket> again(SocketState state);

  /// Called when a connect of `socket` was answered.
  void connecting(ProgramSocket socket, Answer answer) throws ErrnoException;

  /// Called when a pending connect has ended.
  void connectEnded(long cookie);

  /// Called when the program was given a connection, which is not kept.
  void given(Fd connection, ProgramSocket.Place place) throws ErrnoException;

  /// Releases sockets that the program has closed, so that their addresses are free. Returns
  /// whether there were any.
  boolean releaseDead();

  /// Releases everything.
  void close();
}
