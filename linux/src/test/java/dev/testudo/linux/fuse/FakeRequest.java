package dev.testudo.linux.fuse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A request as the kernel would send it.
final class FakeRequest {
  private final ByteBuffer bytes = ByteBuffer.allocate(64 << 10).order(ByteOrder.LITTLE_ENDIAN);

  private FakeRequest() {}

  /// Begins a request of user 1, group 2, thread 3 on a node.
  static FakeRequest of(FuseOpcode opcode, long node) {
    var request = new FakeRequest();
    request.bytes.putInt(0).putInt(opcode.number()).putLong(0x77).putLong(node);
    request.bytes.putInt(1).putInt(2).putInt(3).putInt(0);
    return request;
  }

  FakeRequest number(int number) {
    bytes.putInt(number);
    return this;
  }

  FakeRequest longNumber(long number) {
    bytes.putLong(number);
    return this;
  }

  FakeRequest text(String text) {
    return bytes(text.getBytes(StandardCharsets.ISO_8859_1)).bytes(new byte[1]);
  }

  FakeRequest bytes(byte[] more) {
    bytes.put(more);
    return this;
  }

  /// Puts the request into the array of a dispatcher, lets it perform it, and returns the reply, or
  /// an empty buffer if there is none.
  ByteBuffer to(Dispatcher dispatcher) {
    int length = bytes.position();
    bytes.putInt(0, length);
    System.arraycopy(bytes.array(), 0, dispatcher.request(), 0, length);
    int reply = dispatcher.perform(length);
    return ByteBuffer.wrap(dispatcher.reply(), 0, reply).order(ByteOrder.LITTLE_ENDIAN);
  }

  byte[] array() {
    int length = bytes.position();
    bytes.putInt(0, length);
    return Arrays.copyOf(bytes.array(), length);
  }
}
