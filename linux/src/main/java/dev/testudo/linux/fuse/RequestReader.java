package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Reads the parts of a request in their order, and nothing beyond its end. For use by one thread.
final class RequestReader {
  /// `sizeof(struct fuse_in_header)`.
  static final int HEADER = 40;

  /// The longest name of a file or an extended attribute.
  static final int NAME_MAX = 255;

  /// The longest path, and so the longest target of a link, including NUL.
  private static final int PATH_MAX = 4096;

  private static final int EXTENSIONS = 36;

  private final byte[] bytes;
  private final ByteBuffer buffer;

  /// Creates a reader of requests that are in `bytes`, one after the other.
  RequestReader(byte[] bytes) {
    this.bytes = bytes;
    this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  /// Begins a request of `length` bytes and returns its kind; the head is read.
  int begin(int length) {
    buffer.clear().limit(length).position(HEADER);
    return buffer.getInt(4);
  }

  /// Returns the number by which the reply names the request.
  long unique() {
    return buffer.getLong(8);
  }

  FuseRequest head() {
    return new FuseRequest(
        unique(), buffer.getLong(16), buffer.getInt(24), buffer.getInt(28), buffer.getInt(32));
  }

  /// Checks what the head says about the length. Extensions are never asked for.
  void checkHead() throws MalformedRequest {
    if (buffer.getInt(0) != buffer.limit() || buffer.getShort(EXTENSIONS) != 0) {
      throw new MalformedRequest("wrong length in the head", Errno.EIO);
    }
  }

  int number() throws MalformedRequest {
    need(Integer.BYTES);
    return buffer.getInt();
  }

  long longNumber() throws MalformedRequest {
    need(Long.BYTES);
    return buffer.getLong();
  }

  /// Returns a number that must not be negative, for example an offset.
  long position() throws MalformedRequest {
    long number = longNumber();
    if (number < 0) {
      throw new MalformedRequest("negative offset", Errno.EINVAL);
    }
    return number;
  }

  void skip(int length) throws MalformedRequest {
    need(length);
    buffer.position(buffer.position() + length);
  }

  /// Returns a range whose end can be computed.
  FuseRange range(long handle, long offset, long length) throws MalformedRequest {
    if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
      throw new MalformedRequest("range beyond the largest offset", Errno.EINVAL);
    }
    return new FuseRange(handle, offset, length);
  }

  /// Reads the name of an entry of a directory.
  byte[] name() throws MalformedRequest, FuseError {
    byte[] name = text(NAME_MAX);
    for (byte each : name) {
      if (each == '/') {
        throw new MalformedRequest("a name with a slash", Errno.EINVAL);
      }
    }
    if (name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'))) {
      throw new MalformedRequest("a name for a directory itself", Errno.EINVAL);
    }
    return name;
  }

  /// Reads the name of an extended attribute.
  byte[] attributeName() throws MalformedRequest, FuseError {
    return text(NAME_MAX);
  }

  /// Reads the target of a symbolic link.
  byte[] target() throws MalformedRequest, FuseError {
    return text(PATH_MAX - 1);
  }

  /// Reads 1 to `longest` bytes up to a NUL, which is consumed.
  private byte[] text(int longest) throws MalformedRequest, FuseError {
    int start = buffer.position();
    int end = start;
    while (end < buffer.limit() && bytes[end] != 0) {
      end++;
    }
    if (end == buffer.limit() || end == start) {
      throw new MalformedRequest("a name without an end, or without bytes", Errno.EINVAL);
    }
    if (end - start > longest) {
      throw new FuseError(Errno.ENAMETOOLONG);
    }
    buffer.position(end + 1);
    return Arrays.copyOfRange(bytes, start, end);
  }

  /// Skips the rest, which the kernel fills in but which says nothing.
  void skipRest() {
    buffer.position(buffer.limit());
  }

  /// Checks that exactly `length` bytes are left, and returns the place of the first one.
  int rest(long length) throws MalformedRequest {
    if (buffer.remaining() != length) {
      throw new MalformedRequest("wrong number of bytes", Errno.EINVAL);
    }
    int start = buffer.position();
    skipRest();
    return start;
  }

  /// Returns the array that contains the request.
  byte[] array() {
    return bytes;
  }

  int remaining() {
    return buffer.remaining();
  }

  /// Checks that everything was read.
  void end() throws MalformedRequest {
    rest(0);
  }

  private void need(int length) throws MalformedRequest {
    if (buffer.remaining() < length) {
      throw new MalformedRequest("too short", Errno.EINVAL);
    }
  }
}
