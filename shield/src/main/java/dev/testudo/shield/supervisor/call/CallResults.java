package dev.testudo.shield.supervisor.call;

import static dev.testudo.linux.sys.Errno.EINVAL;

import dev.testudo.linux.sys.ErrnoException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Writes results to the addresses in a call's arguments.
public final class CallResults {
  private CallResults() {}

  /// Writes a name to the addresses in a call's arguments.
  public interface Writer {
    Answer write(StoppedCall call, byte[] name) throws ErrnoException;
  }

  /// Writes bytes to where argument `index` points.
  public static Answer write(StoppedCall call, int index, byte[] result) throws ErrnoException {
    call.write(call.argument(index), result);
    return Answer.SUCCESS;
  }

  /// Writes an address to where arguments 1 and 2 point: as many bytes as fit, and the full length.
  public static Answer writeAddress(StoppedCall call, byte[] address) throws ErrnoException {
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

  /// Writes a name, truncated to the given size, to where arguments 3 and 4 point.
  ///
  /// @throws ErrnoException `EINVAL` if the given size exceeds the name, as in the kernel
  public static Answer writeNameOption(StoppedCall call, byte[] name) throws ErrnoException {
    int room = optionRoom(call);
    if (room > name.length) {
      throw new ErrnoException("length of an option", EINVAL);
    }
    return writeOption(call, Arrays.copyOf(name, room));
  }

  /// Writes the value of an `int` option to where arguments 3 and 4 point.
  public static Answer writeOption(StoppedCall call, int value) throws ErrnoException {
    var bytes = new byte[4];
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(value);
    return writeShortOption(call, bytes);
  }

  /// Writes a value, truncated to the given size, to where arguments 3 and 4 point.
  public static Answer writeShortOption(StoppedCall call, byte[] value) throws ErrnoException {
    return writeOption(call, Arrays.copyOf(value, Math.min(optionRoom(call), value.length)));
  }

  private static int optionRoom(StoppedCall call) throws ErrnoException {
    int room = call.readInt(call.argument(4));
    if (room < 0) {
      throw new ErrnoException("length of an option", EINVAL);
    }
    return room;
  }

  /// Writes the value of an option, which must fit, to where arguments 3 and 4 point.
  public static Answer writeOption(StoppedCall call, byte[] value) throws ErrnoException {
    if (value.length > 0) {
      call.write(call.argument(3), value);
    }
    call.writeInt(call.argument(4), value.length);
    return Answer.SUCCESS;
  }
}
