package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.Errno;
import java.util.Optional;

/// The first request, in which kernel and server agree on a version and on features (`FUSE_INIT`).
final class Negotiation {
  static final int MAJOR = 7;

  /// The oldest version that this server serves: Linux 5.4.
  static final int OLDEST_MINOR = 31;

  /// The newest version that this server knows: Linux 6.18.
  static final int NEWEST_MINOR = 45;

  static final long ASYNC_READ = 1;
  static final long BIG_WRITES = 1 << 5;
  static final long DO_READDIRPLUS = 1 << 13;
  static final long READDIRPLUS_AUTO = 1 << 14;
  static final long ASYNC_DIO = 1 << 15;
  static final long WRITEBACK_CACHE = 1 << 16;
  static final long NO_OPEN_SUPPORT = 1 << 17;
  static final long PARALLEL_DIROPS = 1 << 18;
  static final long ABORT_ERROR = 1 << 21;
  static final long MAX_PAGES = 1 << 22;
  static final long CACHE_SYMLINKS = 1 << 23;
  static final long NO_OPENDIR_SUPPORT = 1 << 24;
  static final long HANDLE_KILLPRIV_V2 = 1 << 28;
  static final long INIT_EXT = 1 << 30;
  static final long DIRECT_IO_ALLOW_MMAP = 1L << 36;

  /// What the server asks for, if the kernel offers it. Absent on purpose:
  ///
  /// - `POSIX_LOCKS`, `FLOCK_LOCKS`: the kernel keeps locks, which is right for a single mount
  /// - `ATOMIC_O_TRUNC`: truncation comes as SETATTR, also when OPEN is not sent
  /// - `EXPORT_SUPPORT`: no `.` and `..` as names. Handles of open_by_handle_at(2) work as long as
  ///   the kernel knows the node
  /// - `POSIX_ACL`, `DONT_MASK`: mode bits alone decide, and the kernel applies the umask
  /// - `AUTO_INVAL_DATA`: nobody but this kernel changes files
  private static final long WANTED =
      ASYNC_READ
          | BIG_WRITES
          | DO_READDIRPLUS
          | READDIRPLUS_AUTO
          | ASYNC_DIO
          | WRITEBACK_CACHE
          | NO_OPEN_SUPPORT
          | PARALLEL_DIROPS
          | ABORT_ERROR
          | MAX_PAGES
          | CACHE_SYMLINKS
          | NO_OPENDIR_SUPPORT
          | HANDLE_KILLPRIV_V2
          | INIT_EXT
          | DIRECT_IO_ALLOW_MMAP;

  private static final int RESERVED = 24;

  private Negotiation() {}

  /// Answers the request. A kernel with another major version gets only ours, and asks again if it
  /// knows it.
  ///
  /// @return what was agreed, or empty if the kernel will ask again
  static Optional<FuseAgreement> answer(
      RequestReader request, ReplyWriter reply, FuseSettings settings)
      throws MalformedRequest, FuseError {
    int major = request.number();
    int minor = request.number();
    int readahead = request.number();
    long flags = Integer.toUnsignedLong(request.number());
    if ((flags & INIT_EXT) != 0) {
      flags |= Integer.toUnsignedLong(request.number()) << 32;
    }
    request.skipRest();
    if (major > MAJOR) {
      reply.number(MAJOR).number(0);
      return Optional.empty();
    }
    if (major < MAJOR || minor < OLDEST_MINOR || (flags & MAX_PAGES) == 0) {
      throw new FuseError(Errno.EPROTO);
    }
    long agreed = flags & WANTED;
    if (!settings.writebackCache()) {
      agreed &= ~WRITEBACK_CACHE;
    }
    var agreement = new FuseAgreement(Math.min(minor, NEWEST_MINOR), agreed);
    reply.number(MAJOR).number(agreement.minor()).number(readahead).number((int) agreed);
    reply.shortNumber(settings.background()).shortNumber(settings.background() * 3 / 4);
    reply.number(settings.transfer()).number(1); // max_write, time_gran in ns
    reply.shortNumber(settings.pages()).shortNumber(0); // max_pages, map_alignment
    reply.number((int) (agreed >>> 32)).number(0).zeros(RESERVED); // flags2, max_stack_depth
    return Optional.of(agreement);
  }
}
