package dev.testudo.shield.supervisor;

import static dev.testudo.linux.sys.Errno.EINVAL;
import static dev.testudo.linux.sys.Sockets.SOL_SOCKET;

import dev.testudo.linux.sys.Credentials;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.Fd;
import dev.testudo.linux.sys.Sockets;
import dev.testudo.shield.option.CarriedOption;
import dev.testudo.shield.option.OuterOptions;
import dev.testudo.shield.supervisor.call.Answer;
import dev.testudo.shield.supervisor.call.CallResults;
import dev.testudo.shield.supervisor.call.StoppedCall;
import dev.testudo.shield.supervisor.context.Context;
import dev.testudo.shield.supervisor.socket.Device;
import dev.testudo.shield.supervisor.socket.ProgramSocket;
import dev.testudo.shield.supervisor.socket.SocketState;
import java.util.Optional;

/// Performs setsockopt(2) for options that affect the path to the peer, on sockets whose connection
/// to the peer is the relay's.
///
/// The relay's socket gets the option first, with no more rights than the program has, and the
/// program gets the error of that attempt. Then the kernel performs the call on the program's own
/// socket, as it does for sockets without the relay. That continues only calls that the filter
/// could allow by registers alone.
final class OptionCalls {
  /// The size of an interface name with its terminating zero.
  private static final int NAME = 16;

  private final Context context;

  OptionCalls(Context context) {
    this.context = context;
  }

  Answer set(StoppedCall call, ProgramSocket socket) throws ErrnoException {
    if (!socket.isTcp()) {
      return Answer.LET_READ;
    }
    var state = context.sockets().table().find(socket);
    return choosesDevice(call) ? setDevice(call, socket, state) : set(call, state);
  }

  /// Sets an option on a released socket, which is connected.
  Answer set(StoppedCall call, Optional<SocketState> state) throws ErrnoException {
    var outer = state.flatMap(SocketState::outerSocket);
    if (outer.isEmpty()) {
      return Answer.LET_READ;
    }
    return choosesDevice(call)
        ? setOuterDevice(call, state.get(), outer.get())
        : setOuter(call, outer.get());
  }

  private static boolean choosesDevice(StoppedCall call) {
    return call.intArgument(1) == SOL_SOCKET
        && (call.intArgument(2) == Sockets.SO_BINDTODEVICE
            || call.intArgument(2) == Sockets.SO_BINDTOIFINDEX);
  }

  private Answer setOuter(StoppedCall call, Fd outer) throws ErrnoException {
    var option = CarriedOption.of(call.intArgument(1), call.intArgument(2));
    if (option.isPresent()) {
      asProgram(call, outer, (fd, value) -> OuterOptions.set(fd, option.get(), value));
    }
    return Answer.LET_READ;
  }

  private Answer setOuterDevice(StoppedCall call, SocketState state, Fd outer)
      throws ErrnoException {
    asProgram(
        call,
        outer,
        (fd, value) -> {
          Sockets.setOption(fd, SOL_SOCKET, call.intArgument(2), value);
          state.setDevice(Optional.of(Device.of(fd)));
        });
    return Answer.SUCCESS;
  }

  private interface Setting {
    void of(Fd fd, byte[] value) throws ErrnoException;
  }

  private static void asProgram(StoppedCall call, Fd outer, Setting setting) throws ErrnoException {
    var value = value(call);
    var program = Credentials.of(call.tid());
    call.confirm();
    program.performWithIds(() -> outer.whileOpen(fd -> setting.of(fd, value)));
  }

  private static byte[] value(StoppedCall call) throws ErrnoException {
    int length = call.intArgument(4);
    if (length < 0) {
      throw new ErrnoException("length of an option", EINVAL);
    }
    return call.read(call.argument(3), Math.min(length, NAME));
  }

  private Answer setDevice(StoppedCall call, ProgramSocket socket, Optional<SocketState> known)
      throws ErrnoException {
    var outer = known.flatMap(SocketState::outerSocket);
    if (outer.isPresent()) {
      return setOuterDevice(call, known.get(), outer.get());
    }
    if (isItsOwn(socket)) {
      return Answer.LET_READ;
    }
    var value = value(call);
    var program = Credentials.of(call.tid());
    call.confirm();
    var before = known.flatMap(SocketState::device);
    var device = Device.ask(before, program, call.intArgument(2), value);
    context.sockets().table().obtain(socket).setDevice(Optional.of(device));
    return Answer.SUCCESS;
  }

  /// Returns whether the socket itself connects to its peers, or is already bound to a device.
  private static boolean isItsOwn(ProgramSocket socket) throws ErrnoException {
    return socket.isConnected()
        || socket.isListening()
        || Sockets.getsockopt(socket.fd(), SOL_SOCKET, Sockets.SO_BINDTOIFINDEX) != 0;
  }

  /// Performs getsockopt(2) of the device.
  Answer device(StoppedCall call, Optional<SocketState> state) throws ErrnoException {
    var device = state.flatMap(SocketState::device);
    if (device.isEmpty()) {
      return Answer.LET_READ;
    }
    if (call.intArgument(2) == Sockets.SO_BINDTOIFINDEX) {
      return CallResults.writeOption(call, device.get().index());
    }
    var name = device.get().name();
    if (name.length > 0 && call.readInt(call.argument(4)) < NAME) {
      return new Answer.Failure(EINVAL);
    }
    return CallResults.writeOption(call, name);
  }
}
