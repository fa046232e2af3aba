package dev.testudo.shield.supervisor;

import static dev.testudo.linux.sys.Errno.EINVAL;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/// getsockname(2), getpeername(2) and `SO_ERROR`: what the program would see without the shield.
final class NameCalls {
  private final Context context;
  private final UnixCalls unix;

  NameCalls(Context context, UnixCalls unix) {
    this.context = context;
    this.unix = unix;
  }

  Answer getsockname(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    return answer(call, localName(socket));
  }

  Answer getpeername(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    return answer(call, peerName(socket));
  }

  /// What the program sees of a connected socket, unless that is what the kernel says.
  Optional<SocketState.Names> special(ProgramSocket socket) {
    try {
      var names = new SocketState.Names(localName(socket), peerName(socket));
      boolean kernels =
          Arrays.equals(names.local(), Sockets.rawSockname(socket.fd()))
              && Arrays.equals(names.peer(), Sockets.rawPeername(socket.fd()));
      return kernels ? Optional.empty() : Optional.of(names);
    } catch (ErrnoException e) {
      return Optional.empty();
    }
  }

  private byte[] peerName(ProgramSocket socket) throws ErrnoException {
    // Fails with ENOTCONN as long as, and as soon as, there is no connection.
    var kernels = Sockets.rawPeername(socket.fd());
    if (socket.isUnix()) {
      return unix.shownName(kernels);
    }
    var shown = context.table().find(socket).flatMap(state -> state.shown);
    return shown.map(ends -> inFamily(socket, ends.peer())).orElse(kernels);
  }

  /// A connected IPv6 socket may have become an IPv4 one since (`IPV6_ADDRFORM`).
  private static byte[] inFamily(ProgramSocket socket, Inet address) {
    return (socket.isInet6() ? address : address.canonical()).encode();
  }

  private byte[] localName(ProgramSocket socket) throws ErrnoException {
    var kernels = Sockets.rawSockname(socket.fd());
    if (socket.isUnix()) {
      var asked = context.table().find(socket).flatMap(state -> state.boundPath);
      return asked.orElseGet(() -> unix.shownName(kernels));
    }
    var state = context.table().find(socket);
    if (state.isEmpty()) {
      return kernels;
    }
    if (state.get().shown.isPresent() && ConnectCalls.isConnected(socket)) {
      return inFamily(socket, state.get().shown.get().local());
    }
    if (state.get().boundAs.isPresent()) {
      return state.get().boundAs.get().encode();
    }
    // The gate's address is nobody's business.
    return state.get().pending.isPresent() && state.get().real.isPresent()
        ? LocalView.unspecified(state.get().real.get().local()).encode()
        : kernels;
  }

  private static Answer answer(StoppedCall call, byte[] address) throws ErrnoException {
    return writeAddress(call, address);
  }

  /// Writes an address to where arguments 1 and 2 point: as much as there is room for, and its
  /// length.
  static Answer writeAddress(StoppedCall call, byte[] address) throws ErrnoException {
    int room = call.readInt(call.argument(2));
    if (room < 0) {
      throw new ErrnoException("length of an address", EINVAL);
    }
    if (room > 0) {
      call.write(call.argument(1), Arrays.copyOf(address, Math.min(room, address.length)));
    }
    call.writeInt(call.argument(2), address.length);
    return Answer.SUCCESS;
  }

  /// Takes the pending error of the socket: the kernel's, or the one of a protected connect, of
  /// which the kernel knows only that it was cut off.
  int takeError(ProgramSocket socket) throws ErrnoException {
    int kernels = Sockets.takeError(socket.fd());
    int ours = context.table().find(socket).map(SocketState::takeFailure).orElse(0);
    return ours == 0 ? kernels : ours;
  }

  /// Writes the value of an `int` option to where arguments 3 and 4 point.
  static Answer writeOption(StoppedCall call, int value) throws ErrnoException {
    int room = call.readInt(call.argument(4));
    if (room < 0) {
      throw new ErrnoException("length of an option", EINVAL);
    }
    var bytes = new byte[4];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(value);
    int length = Math.min(room, 4);
    if (length > 0) {
      call.write(call.argument(3), Arrays.copyOf(bytes, length));
    }
    call.writeInt(call.argument(4), length);
    return Answer.SUCCESS;
  }
}
