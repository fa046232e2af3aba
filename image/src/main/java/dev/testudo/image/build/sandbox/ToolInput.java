package dev.testudo.image.build.sandbox;

import java.io.IOException;
import java.io.OutputStream;

/// The standard input of a tool. It tells a tool that has stopped reading from a failure of what
/// is written to it.
final class ToolInput extends OutputStream {
  private final OutputStream pipe;
  private boolean broken;
  private boolean closed;

  ToolInput(OutputStream pipe) {
    this.pipe = pipe;
  }

  /// Returns whether the tool has stopped reading.
  boolean isBroken() {
    return broken;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] buffer, int offset, int length) throws IOException {
    try {
      pipe.write(buffer, offset, length);
    } catch (IOException e) {
      broken = true;
      throw e;
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      pipe.flush();
    } catch (IOException e) {
      broken = true;
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      flush();
      pipe.close();
    }
  }
}
