package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.Errno;
import java.io.IOException;

/// Requests about open files and their bytes: decodes each one, performs it, and encodes the
/// answer.
final class FileRequests {
  private static final int WRITE_CACHE = 1;
  private static final int WRITE_KILL_SUIDGID = 1 << 2;
  private static final int FSYNC_FDATASYNC = 1;

  private final FuseOperations operations;
  private final RequestReader in;
  private final ReplyWriter out;
  private final int transfer;

  /// @param transfer the most bytes of one read
  FileRequests(FuseOperations operations, RequestReader in, ReplyWriter out, int transfer) {
    this.operations = operations;
    this.in = in;
    this.out = out;
    this.transfer = transfer;
  }

  /// `struct fuse_open_in`.
  void open(FuseRequest head, boolean directory) throws IOException, MalformedRequest {
    int flags = in.number();
    in.skip(Integer.BYTES); // open_flags
    in.end();
    out.opened(directory ? operations.openDirectory(head, flags) : operations.open(head, flags));
  }

  /// `struct fuse_read_in`.
  void read(FuseRequest head) throws IOException, MalformedRequest {
    long handle = in.longNumber();
    long offset = in.longNumber();
    int size = in.number();
    in.skip(20); // read_flags, lock_owner, flags, padding
    in.end();
    if (size < 0 || size > transfer) {
      throw new MalformedRequest("more than was agreed", Errno.EINVAL);
    }
    var range = in.range(handle, offset, size);
    int read = operations.read(head, new FuseRead(range, out.array(), out.position()));
    if (read < 0 || read > size) {
      throw new IllegalStateException("read " + read + " of " + size + " bytes");
    }
    out.advance(read);
  }

  /// `struct fuse_write_in`, with the bytes behind it.
  void write(FuseRequest head) throws IOException, MalformedRequest {
    long handle = in.longNumber();
    long offset = in.longNumber();
    int size = in.number();
    int flags = in.number();
    in.skip(16); // lock_owner, flags, padding
    int start = in.rest(Integer.toUnsignedLong(size));
    var range = in.range(handle, offset, size);
    boolean fromCache = (flags & WRITE_CACHE) != 0;
    boolean dropPrivileges = (flags & WRITE_KILL_SUIDGID) != 0;
    operations.write(head, new FuseWrite(range, in.array(), start, fromCache, dropPrivileges));
    out.number(size).number(0);
  }

  /// `struct fuse_flush_in`.
  void flush(FuseRequest head) throws IOException, MalformedRequest {
    operations.flush(head, handle());
  }

  /// `struct fuse_release_in`.
  void release(FuseRequest head, boolean directory) throws IOException, MalformedRequest {
    long handle = handle();
    if (directory) {
      operations.releaseDirectory(head, handle);
    } else {
      operations.release(head, handle);
    }
  }

  private long handle() throws MalformedRequest {
    long handle = in.longNumber();
    in.skip(16); // flags, lock_owner
    in.end();
    return handle;
  }

  /// `struct fuse_fsync_in`.
  void synchronize(FuseRequest head, boolean directory) throws IOException, MalformedRequest {
    long handle = in.longNumber();
    boolean dataOnly = (in.number() & FSYNC_FDATASYNC) != 0;
    in.skip(Integer.BYTES);
    in.end();
    if (directory) {
      operations.synchronizeDirectory(head, handle, dataOnly);
    } else {
      operations.synchronize(head, handle, dataOnly);
    }
  }

  /// `struct fuse_syncfs_in`.
  void synchronizeAll(FuseRequest head) throws IOException, MalformedRequest {
    in.skip(Long.BYTES);
    in.end();
    operations.synchronizeAll(head);
  }

  /// `struct fuse_fallocate_in`.
  void allocate(FuseRequest head) throws IOException, MalformedRequest {
    long handle = in.longNumber();
    long offset = in.longNumber();
    var range = in.range(handle, offset, in.longNumber());
    int mode = in.number();
    in.skip(Integer.BYTES);
    in.end();
    operations.allocate(head, range, mode);
  }

  /// `struct fuse_lseek_in`.
  void seek(FuseRequest head) throws IOException, MalformedRequest {
    in.longNumber(); // handle
    long offset = in.position();
    int whence = in.number();
    in.skip(Integer.BYTES);
    in.end();
    out.longNumber(operations.seek(head, offset, whence));
  }

  /// `struct fuse_copy_file_range_in`. The answer is `struct fuse_write_out`, or, for lengths of 64
  /// bits, `struct fuse_copy_file_range_out`.
  void copyRange(FuseRequest head, boolean wide) throws IOException, MalformedRequest {
    long handle = in.longNumber();
    long from = in.longNumber();
    long target = in.longNumber();
    in.longNumber(); // handle of the target
    long to = in.position();
    long length = in.longNumber();
    var range = in.range(handle, from, wide ? length : Math.min(length, 0x7fff_f000L));
    in.range(0, to, range.length());
    in.skip(Long.BYTES); // flags
    in.end();
    long copied = operations.copyRange(head, range, target, to);
    if (wide) {
      out.longNumber(copied);
    } else {
      out.number((int) copied).number(0);
    }
  }
}
