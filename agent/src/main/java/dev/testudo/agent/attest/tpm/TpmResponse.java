package dev.testudo.agent.attest.tpm;

import java.io.IOException;
import java.nio.ByteBuffer;

/// The parameters of a response, read from the first to the last.
final class TpmResponse {
  private final String command;
  private final int handle;
  private final ByteBuffer bytes;

  /// @param handle what the response begins with, if the command says so
  TpmResponse(String command, int handle, ByteBuffer bytes) {
    this.command = command;
    this.handle = handle;
    this.bytes = bytes;
  }

  /// Returns the handle of what was made.
  int handle() {
    return handle;
  }

  int u16() throws IOException {
    return take(2).getShort() & 0xffff;
  }

  long u32() throws IOException {
    return Integer.toUnsignedLong(take(4).getInt());
  }

  /// Takes bytes that have their length before them (`TPM2B`).
  byte[] sized() throws IOException {
    return bytes(u16());
  }

  byte[] bytes(int count) throws IOException {
    var taken = new byte[count];
    take(count).get(taken);
    return taken;
  }

  private ByteBuffer take(int count) throws IOException {
    if (count > bytes.remaining()) {
      throw wrong("it ends too early");
    }
    var taken = bytes.slice(bytes.position(), count);
    bytes.position(bytes.position() + count);
    return taken;
  }

  IOException wrong(String what) {
    return new IOException("the response of the TPM to %s: %s".formatted(command, what));
  }
}
