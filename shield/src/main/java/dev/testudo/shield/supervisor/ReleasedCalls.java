package dev.testudo.shield.supervisor;

import static dev.testudo.linux.sys.Errno.EINVAL;
import static dev.testudo.linux.sys.Errno.EISCONN;
import static dev.testudo.linux.sys.Errno.ENOTCONN;
import static dev.testudo.linux.sys.Errno.EOPNOTSUPP;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketDiag;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallResults;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.socket.SocketState;
import dev.testudo.shield.supervisor.socket.SocketTable;
import java.util.Optional;

/// Performs calls on sockets that [SuppliedSockets] does not keep: connected sockets, and sockets
/// that came from elsewhere. The shield has no duplicate of them, so it answers from what it knows,
/// or lets the kernel answer.
///
/// The latter is safe. These calls read nothing from memory but the size of the result buffer,
/// so another thread cannot change what was decided on. At worst it replaces the descriptor, and
/// the program learns the kernel's names for another of its own sockets: loopback addresses that
/// lead nowhere.
final class ReleasedCalls {
  private final SocketTable table;

  ReleasedCalls(SocketTable table) {
    this.table = table;
  }

  /// Refuses to disconnect a socket (`AF_UNSPEC`). This is the one call that works without the
  /// shield and not here. It takes a duplicate of the socket, which the shield does not have. The
  /// kernel must not continue the call either, because it would read the address and look up the
  /// descriptor again.
  ///
  /// @param inode the inode number of the socket
  Answer connect(Optional<SocketState> state, long inode, byte[] address) throws ErrnoException {
    if (SocketAddress.decode(address) instanceof SocketAddress.Unspecified) {
      boolean unix = table.diag().exists(inode, SocketDiag.ANY_SOCKET);
      return new Answer.Failure(unix ? EINVAL : EOPNOTSUPP);
    }
    if (state.isPresent() && state.get().settlesLater()) {
      // After a non-blocking connect, the next connect succeeds once.
      state.get().setSettlesLater(false);
      return Answer.SUCCESS;
    }
    return new Answer.Failure(EISCONN);
  }

  /// Refuses bind, listen and accept.
  Answer refuse() {
    return new Answer.Failure(EINVAL);
  }

  Answer getsockname(StoppedCall call, Optional<SocketState> state) throws ErrnoException {
    var names = state.flatMap(SocketState::names);
    return names.isPresent()
        ? CallResults.writeAddress(call, names.get().local())
        : Answer.LET_READ;
  }

  /// Performs getpeername(2) and `SO_PEERNAME`.
  Answer peerName(StoppedCall call, Optional<SocketState> state, CallResults.Writer writer)
      throws ErrnoException {
    var names = state.flatMap(SocketState::names);
    if (names.isEmpty()) {
      return Answer.LET_READ;
    }
    var real = state.flatMap(SocketState::real);
    boolean ended =
        real.isPresent()
            && !table.diag().connects(real.get().local(), real.get().peer(), state.get().cookie());
    return ended ? new Answer.Failure(ENOTCONN) : writer.write(call, names.get().peer());
  }

  /// Performs `SO_ERROR`.
  Answer takeError(StoppedCall call, Optional<SocketState> state) throws ErrnoException {
    int error = state.map(SocketState::takeFailure).orElse(0);
    return error == 0 ? Answer.LET_READ : CallResults.writeOption(call, error);
  }
}
