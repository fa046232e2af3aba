package dev.testudo.shield.supervisor;

import static dev.testudo.linux.sys.Errno.EINVAL;

import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.SocketAddress;
import dev.testudo.linux.sys.SocketAddress.Inet;
import dev.testudo.linux.sys.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/// getsockname(2), getpeername(2), and the options that tell a name or an error: what the program
/// would see without the shield.
final class NameCalls {
  private final Context context;
  private final UnixCalls unix;

  NameCalls(Context context, UnixCalls unix) {
    this.context = context;
    this.unix = unix;
  }

  /// Writes a name to where the arguments of its call point.
  interface Writer {
    Answer write(StoppedCall call, byte[] name) throws ErrnoException;
  }

  Answer getsockname(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    return answer(call, shownLocalName(socket), NameCalls::writeAddress);
  }

  Answer getpeername(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    return answer(call, shownPeerName(socket), NameCalls::writeAddress);
  }

  /// `getsockopt(SO_PEERNAME)`.
  Answer peerNameOption(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    return answer(call, shownPeerName(socket), NameCalls::writeNameOption);
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
      return unix.shownName(Sockets.rawPeername(socket.fd()));
    }
    var shown = context.table().find(socket).flatMap(state -> state.shown);
    // There is a peer only as soon as, and as long as, there is a connection.
    return shown.isPresent() && ConnectCalls.isConnected(socket)
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
      var asked = state.flatMap(known -> known.boundPath);
      return asked.isPresent() ? asked : unix.shownName(Sockets.rawSockname(socket.fd()));
    }
    return state.isPresent() ? shownLocalName(socket, state.get()) : Optional.empty();
  }

  private static Optional<byte[]> shownLocalName(ProgramSocket socket, SocketState state) {
    if (state.shown.isPresent() && ConnectCalls.isConnected(socket)) {
      return state.shown.map(ends -> inFamily(socket, ends.local()));
    }
    if (state.boundAs.isPresent()) {
      return state.boundAs.map(SocketAddress::encode);
    }
    // The gate's address is nobody's business.
    return state.pending.isPresent()
        ? state.real.map(ends -> LocalView.unspecified(ends.local()).encode())
        : Optional.empty();
  }

  /// Where nothing is special the kernel performs the call: safe for the reasons that
  /// [ReleasedCalls] gives, and without a look into the program's memory.
  private static Answer answer(StoppedCall call, Optional<byte[]> special, Writer writer)
      throws ErrnoException {
    return special.isPresent() ? writer.write(call, special.get()) : Answer.LET_READ;
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

  /// Writes as much of a name as there is room for to where arguments 3 and 4 point. `EINVAL` when
  /// there is more room than name: that is how the kernel does it.
  static Answer writeNameOption(StoppedCall call, byte[] name) throws ErrnoException {
    int room = optionRoom(call);
    if (room > name.length) {
      throw new ErrnoException("length of an option", EINVAL);
    }
    return writeOption(call, Arrays.copyOf(name, room));
  }

  /// Writes the value of an `int` option to where arguments 3 and 4 point.
  static Answer writeOption(StoppedCall call, int value) throws ErrnoException {
    var bytes = new byte[4];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(value);
    return writeShortOption(call, bytes);
  }

  /// Writes as much of a value as there is room for to where arguments 3 and 4 point.
  static Answer writeShortOption(StoppedCall call, byte[] value) throws ErrnoException {
    return writeOption(call, Arrays.copyOf(value, Math.min(optionRoom(call), value.length)));
  }

  private static int optionRoom(StoppedCall call) throws ErrnoException {
    int room = call.readInt(call.argument(4));
    if (room < 0) {
      throw new ErrnoException("length of an option", EINVAL);
    }
    return room;
  }

  /// Writes the value of an option, for which there is room, to where arguments 3 and 4 point.
  static Answer writeOption(StoppedCall call, byte[] value) throws ErrnoException {
    if (value.length > 0) {
      call.write(call.argument(3), value);
    }
    call.writeInt(call.argument(4), value.length);
    return Answer.SUCCESS;
  }
}
