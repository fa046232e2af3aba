package dev.testudo.shield.supervisor;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallResults;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.path.UnixNames;
import dev.testudo.shield.supervisor.socket.LocalView;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.util.Arrays;
import java.util.Optional;

/// getsockname(2), getpeername(2), and the options that tell a name or an error: what the program
/// would see without the shield.
final class NameCalls {
  private final Context context;
  private final UnixNames unix;

  NameCalls(Context context, UnixNames unix) {
    this.context = context;
    this.unix = unix;
  }

  Answer getsockname(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    return answer(call, shownLocalName(socket), CallResults::writeAddress);
  }

  Answer getpeername(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    return answer(call, shownPeerName(socket), CallResults::writeAddress);
  }

  /// `getsockopt(SO_PEERNAME)`.
  Answer peerNameOption(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    return answer(call, shownPeerName(socket), CallResults::writeNameOption);
  }

  /// What the program sees of a connected socket, unless that is what the kernel says.
  Optional<SocketState.Names> special(ProgramSocket socket) {
    try {
      var kernelsLocal = Sockets.rawSockname(socket.fd());
      var kernelsPeer = Sockets.rawPeername(socket.fd());
      var local = shownLocalName(socket).orElse(kernelsLocal);
      var peer = shownPeerName(socket).orElse(kernelsPeer);
      boolean kernels = Arrays.equals(local, kernelsLocal) && Arrays.equals(peer, kernelsPeer);
      return kernels ? Optional.empty() : Optional.of(new SocketState.Names(local, peer));
    } catch (ErrnoException e) {
      return Optional.empty();
    }
  }

  /// Empty: the name is what the kernel says, or its error.
  private Optional<byte[]> shownPeerName(ProgramSocket socket) throws ErrnoException {
    if (socket.isUnix()) {
      return unix.shown(Sockets.rawPeername(socket.fd()));
    }
    var shown = context.table().find(socket).flatMap(SocketState::shown);
    // There is a peer only as soon as, and as long as, there is a connection.
    return shown.isPresent() && socket.isConnected()
        ? shown.map(ends -> inFamily(socket, ends.peer()))
        : Optional.empty();
  }

  /// A connected IPv6 socket may have become an IPv4 one since (`IPV6_ADDRFORM`).
  private static byte[] inFamily(ProgramSocket socket, Inet address) {
    return (socket.isInet6() ? address : address.canonical()).encode();
  }

  /// Empty: the name is what the kernel says.
  private Optional<byte[]> shownLocalName(ProgramSocket socket) throws ErrnoException {
    var state = context.table().find(socket);
    if (socket.isUnix()) {
      var asked = state.flatMap(SocketState::boundPath);
      return asked.isPresent() ? asked : unix.shown(Sockets.rawSockname(socket.fd()));
    }
    return state.isPresent() ? shownLocalName(socket, state.get()) : Optional.empty();
  }

  private static Optional<byte[]> shownLocalName(ProgramSocket socket, SocketState state) {
    if (state.shown().isPresent() && socket.isConnected()) {
      return state.shown().map(ends -> inFamily(socket, ends.local()));
    }
    if (state.boundAs().isPresent()) {
      return state.boundAs().map(SocketAddress::encode);
    }
    // The gate's address is nobody's business.
    return state.pending().isPresent()
        ? state.real().map(ends -> LocalView.unspecified(ends.local()).encode())
        : Optional.empty();
  }

  /// Where nothing is special the kernel performs the call: safe for the reasons that
  /// [ReleasedCalls] gives, and without a look into the program's memory.
  private static Answer answer(
      StoppedCall call, Optional<byte[]> special, CallResults.Writer writer) throws ErrnoException {
    return special.isPresent() ? writer.write(call, special.get()) : Answer.LET_READ;
  }
}
