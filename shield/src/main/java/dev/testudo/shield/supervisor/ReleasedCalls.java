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

/// Calls on sockets that [SuppliedSockets] does not keep: connected ones, and those that came from
/// elsewhere. Nothing can be done to them; what can be said of them is known, or the kernel tells
/// the program itself.
///
/// Letting the kernel do so is safe: these calls take nothing from memory but the length of the
/// room for their result, so there is nothing another thread could change. At worst it swaps the
/// descriptor, and learns the names the kernel has for another of its own sockets: loopback
/// addresses that lead nowhere.
final class ReleasedCalls {
  private final SocketTable table;

  ReleasedCalls(SocketTable table) {
    this.table = table;
  }

  /// Dissolving a connection (`AF_UNSPEC`) is the one thing a program could do natively that it
  /// cannot here: it takes a duplicate, and there is none. Nor can the kernel be let do it, as it
  /// would read the address, and look up the descriptor, once more.
  ///
  /// @param inode of the socket
  Answer connect(Optional<SocketState> state, long inode, byte[] address) throws ErrnoException {
    if (SocketAddress.decode(address) instanceof SocketAddress.Unspecified) {
      boolean unix = table.diag().exists(inode, SocketDiag.ANY_SOCKET);
      return new Answer.Failure(unix ? EINVAL : EOPNOTSUPP);
    }
    if (state.isPresent() && state.get().settlesLater()) {
      // The first connect after a non-blocking one succeeds, once.
      state.get().setSettlesLater(false);
      return Answer.SUCCESS;
    }
    return new Answer.Failure(EISCONN);
  }

  /// bind, listen and accept.
  Answer refuse() {
    return new Answer.Failure(EINVAL);
  }

  Answer getsockname(StoppedCall call, Optional<SocketState> state) throws ErrnoException {
    var names = state.flatMap(SocketState::names);
    return names.isPresent()
        ? CallResults.writeAddress(call, names.get().local())
        : Answer.LET_READ;
  }

  /// getpeername(2) and `SO_PEERNAME`.
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

  /// `SO_ERROR`.
  Answer takeError(StoppedCall call, Optional<SocketState> state) throws ErrnoException {
    int error = state.map(SocketState::takeFailure).orElse(0);
    return error == 0 ? Answer.LET_READ : CallResults.writeOption(call, error);
  }
}
