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

/// Performs getsockname(2), getpeername(2) and `SO_PEERNAME`. The program gets the names that it
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

  /// Performs `getsockopt(SO_PEERNAME)`.
  Answer peerNameOption(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    return answer(call, shownPeerName(socket), CallResults::writeNameOption);
  }

  /// Returns the names that the program sees of a connected socket, or empty if they are
  /// the kernel's.
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

  /// Returns the peer name to show, or empty if the kernel's answer is right.
  private Optional<byte[]> shownPeerName(ProgramSocket socket) throws ErrnoException {
    if (socket.isUnix()) {
      return unix.shown(Sockets.rawPeername(socket.fd()));
    }
    var shown = context.sockets().table().find(socket).flatMap(SocketState::shown);
    // The socket has a peer only while it is connected.
    return shown.isPresent() && socket.isConnected()
        ? shown.map(ends -> inFamily(socket, ends.peer()))
        : Optional.empty();
  }

  /// Encodes `address` for the socket. An IPv6 socket may have become an IPv4 socket after it
  /// connected (`IPV6_ADDRFORM`).
  private static byte[] inFamily(ProgramSocket socket, Inet address) {
    return (socket.isInet6() ? address : address.canonical()).encode();
  }

  /// Returns the local name to show, or empty if the kernel's answer is right.
  private Optional<byte[]> shownLocalName(ProgramSocket socket) throws ErrnoException {
    var state = context.sockets().table().find(socket);
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
    // The address at the gate stays hidden.
    return state.pending().isPresent()
        ? state.real().map(ends -> LocalView.unspecified(ends.local()).encode())
        : Optional.empty();
  }

  /// Writes the special name. If there is none, the kernel performs the call, which needs no access
  /// to the program's memory. [ReleasedCalls] explains why that is safe.
  private static Answer answer(
      StoppedCall call, Optional<byte[]> special, CallResults.Writer writer) throws ErrnoException {
    return special.isPresent() ? writer.write(call, special.get()) : Answer.LET_READ;
  }
}
