package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.Errno;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Requests about attributes, extended attributes, permissions and space: decodes each one,
/// performs it, and encodes the answer.
final class AttributeRequests {
  static final int FATTR_MODE = 1;
  static final int FATTR_UID = 1 << 1;
  static final int FATTR_GID = 1 << 2;
  static final int FATTR_SIZE = 1 << 3;
  static final int FATTR_ATIME = 1 << 4;
  static final int FATTR_MTIME = 1 << 5;
  static final int FATTR_ATIME_NOW = 1 << 7;
  static final int FATTR_MTIME_NOW = 1 << 8;
  static final int FATTR_CTIME = 1 << 10;
  static final int FATTR_KILL_SUIDGID = 1 << 11;

  private static final int LONGEST_VALUE = 64 << 10;
  private static final int LONGEST_LINK = 4095;
  private static final long NANOS = 1_000_000_000;

  private final FuseOperations operations;
  private final RequestReader in;
  private final ReplyWriter out;

  AttributeRequests(FuseOperations operations, RequestReader in, ReplyWriter out) {
    this.operations = operations;
    this.in = in;
    this.out = out;
  }

  /// `struct fuse_getattr_in`.
  void status(FuseRequest head) throws IOException, MalformedRequest {
    in.skip(16); // flags, padding, handle
    in.end();
    out.status(operations.status(head));
  }

  /// `struct fuse_statx_in`.
  void extendedStatus(FuseRequest head) throws IOException, MalformedRequest {
    in.skip(24); // flags, padding, handle, flags and mask of statx(2)
    in.end();
    out.extendedStatus(operations.extendedStatus(head));
  }

  /// `struct fuse_setattr_in`.
  void change(FuseRequest head) throws IOException, MalformedRequest {
    int valid = in.number();
    in.skip(12); // padding, handle
    long size = in.longNumber();
    in.skip(Long.BYTES); // lock_owner
    long accessed = in.longNumber();
    long modified = in.longNumber();
    long changed = in.longNumber();
    var times =
        new FuseTimesChange(
            time(valid, FATTR_ATIME, FATTR_ATIME_NOW, accessed, in.number()),
            time(valid, FATTR_MTIME, FATTR_MTIME_NOW, modified, in.number()),
            time(valid, FATTR_CTIME, 0, changed, in.number()));
    int mode = in.number();
    in.skip(Integer.BYTES);
    int uid = in.number();
    int gid = in.number();
    in.skip(Integer.BYTES);
    in.end();
    if ((valid & FATTR_SIZE) != 0 && size < 0) {
      throw new MalformedRequest("negative size", Errno.EINVAL);
    }
    var change =
        new FuseChange(
            number(valid, FATTR_MODE, mode),
            number(valid, FATTR_UID, uid),
            number(valid, FATTR_GID, gid),
            (valid & FATTR_SIZE) != 0 ? OptionalLong.of(size) : OptionalLong.empty(),
            times,
            (valid & FATTR_KILL_SUIDGID) != 0);
    out.status(operations.change(head, change));
  }

  private static OptionalInt number(int valid, int flag, int value) {
    return (valid & flag) != 0 ? OptionalInt.of(value) : OptionalInt.empty();
  }

  private static Optional<FuseTime> time(int valid, int given, int now, long seconds, int nanos)
      throws MalformedRequest {
    if ((valid & now) != 0) {
      return Optional.of(new FuseTime.Now());
    }
    if ((valid & given) == 0) {
      return Optional.empty();
    }
    boolean possible =
        seconds >= Instant.MIN.getEpochSecond() && seconds <= Instant.MAX.getEpochSecond();
    if (!possible || Integer.toUnsignedLong(nanos) >= NANOS) {
      throw new MalformedRequest("not a time", Errno.EINVAL);
    }
    return Optional.of(new FuseTime.At(Instant.ofEpochSecond(seconds, nanos)));
  }

  void readLink(FuseRequest head) throws IOException, MalformedRequest {
    in.end();
    byte[] target = operations.readLink(head);
    if (target.length > LONGEST_LINK) {
      throw new FuseError(Errno.ENAMETOOLONG);
    }
    out.bytes(target);
  }

  void space(FuseRequest head) throws IOException, MalformedRequest {
    in.end();
    out.space(operations.space(head));
  }

  /// `struct fuse_access_in`.
  void access(FuseRequest head) throws IOException, MalformedRequest {
    int mask = in.number();
    in.skip(Integer.BYTES);
    in.end();
    operations.access(head, mask);
  }

  /// `struct fuse_setxattr_in` in its short form, the name, the value.
  void setAttribute(FuseRequest head) throws IOException, MalformedRequest {
    int size = in.number();
    int flags = in.number();
    byte[] name = in.attributeName();
    int start = in.rest(Integer.toUnsignedLong(size));
    if (size > LONGEST_VALUE) {
      throw new FuseError(Errno.E2BIG);
    }
    byte[] value = Arrays.copyOfRange(in.array(), start, start + size);
    operations.setAttribute(head, name, value, flags);
  }

  /// `struct fuse_getxattr_in`, the name.
  void attribute(FuseRequest head) throws IOException, MalformedRequest {
    int size = in.number();
    in.skip(Integer.BYTES);
    byte[] name = in.attributeName();
    in.end();
    answer(operations.attribute(head, name), size);
  }

  /// `struct fuse_getxattr_in`.
  void attributes(FuseRequest head) throws IOException, MalformedRequest {
    int size = in.number();
    in.skip(Integer.BYTES);
    in.end();
    var list = new java.io.ByteArrayOutputStream();
    for (byte[] name : operations.attributes(head)) {
      list.writeBytes(name);
      list.write(0);
    }
    answer(list.toByteArray(), size);
  }

  /// Answers with a value, or, if the caller has no room at all, with its length.
  private void answer(byte[] value, int size) throws FuseError {
    if (size == 0) {
      out.number(value.length).number(0);
    } else if (Integer.toUnsignedLong(size) < value.length) {
      throw new FuseError(Errno.ERANGE);
    } else if (value.length > LONGEST_VALUE) {
      throw new FuseError(Errno.E2BIG);
    } else {
      out.bytes(value);
    }
  }

  void removeAttribute(FuseRequest head) throws IOException, MalformedRequest {
    byte[] name = in.attributeName();
    in.end();
    operations.removeAttribute(head, name);
  }
}
