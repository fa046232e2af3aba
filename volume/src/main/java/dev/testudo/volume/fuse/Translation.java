package dev.testudo.volume.fuse;

import dev.testudo.linux.fuse.FuseAttributes;
import dev.testudo.linux.fuse.FuseChange;
import dev.testudo.linux.fuse.FuseError;
import dev.testudo.linux.fuse.FuseOwnership;
import dev.testudo.linux.fuse.FuseRequest;
import dev.testudo.linux.fuse.FuseSize;
import dev.testudo.linux.fuse.FuseTime;
import dev.testudo.linux.fuse.FuseTimes;
import dev.testudo.linux.sys.Errno;
import dev.testudo.volume.file.Allocation;
import dev.testudo.volume.file.AttributeChange;
import dev.testudo.volume.file.Existence;
import dev.testudo.volume.file.FileError;
import dev.testudo.volume.file.FileOwner;
import dev.testudo.volume.file.KnownInode;
import dev.testudo.volume.file.RenameMode;
import dev.testudo.volume.file.Times;
import java.time.Instant;
import java.util.Optional;

/// Translates values of FUSE to those of the file system and back.
final class Translation {
  private static final int FALLOC_KEEP_SIZE = 1;
  private static final int FALLOC_PUNCH_HOLE = 2;
  private static final int FALLOC_ZERO_RANGE = 0x10;
  private static final int RENAME_NOREPLACE = 1;
  private static final int RENAME_EXCHANGE = 2;
  private static final int XATTR_CREATE = 1;
  private static final int XATTR_REPLACE = 2;

  private Translation() {}

  /// Returns the error number of a reason.
  static int errno(FileError.Reason reason) {
    return switch (reason) {
      case NO_ENTRY -> Errno.ENOENT;
      case EXISTS -> Errno.EEXIST;
      case NOT_A_DIRECTORY -> Errno.ENOTDIR;
      case IS_A_DIRECTORY -> Errno.EISDIR;
      case NOT_EMPTY -> Errno.ENOTEMPTY;
      case INVALID -> Errno.EINVAL;
      case NAME_TOO_LONG -> Errno.ENAMETOOLONG;
      case TOO_LARGE -> Errno.EFBIG;
      case TOO_MANY_LINKS -> Errno.EMLINK;
      case NOT_PERMITTED -> Errno.EPERM;
      case NO_ATTRIBUTE -> Errno.ENODATA;
      case OUT_OF_RANGE -> Errno.ERANGE;
      case ATTRIBUTE_TOO_LONG -> Errno.E2BIG;
      case NOTHING_THERE -> Errno.ENXIO;
      case NO_SPACE -> Errno.ENOSPC;
      case NOT_SUPPORTED -> Errno.EOPNOTSUPP;
    };
  }

  /// Returns what the kernel learns about an inode.
  static FuseAttributes attributes(KnownInode known, int blockSize) {
    var inode = known.inode();
    // For a directory, the size is the place of its next entry, which tells programs nothing.
    long bytes = inode.isDirectory() ? 0 : inode.size();
    return new FuseAttributes(
        known.number(),
        inode.mode(),
        inode.links(),
        new FuseOwnership(inode.owner().user(), inode.owner().group()),
        new FuseSize(bytes, known.blocks(), blockSize),
        new FuseTimes(
            instant(inode.times().accessed()),
            instant(inode.times().modified()),
            instant(inode.times().changed())));
  }

  private static Instant instant(long time) {
    return Instant.ofEpochSecond(Times.seconds(time), Times.nanos(time));
  }

  static FileOwner owner(FuseRequest request) {
    return new FileOwner(request.uid(), request.gid());
  }

  /// @param now the present time
  static AttributeChange change(FuseChange wanted, Instant now) {
    var change = new AttributeChange();
    wanted.mode().ifPresent(change::mode);
    wanted.uid().ifPresent(change::user);
    wanted.gid().ifPresent(change::group);
    wanted.size().ifPresent(change::size);
    time(wanted.times().accessed(), now).ifPresent(change::accessed);
    time(wanted.times().modified(), now).ifPresent(change::modified);
    time(wanted.times().changed(), now).ifPresent(change::changed);
    return wanted.dropPrivileges() ? change.withoutPrivileges() : change;
  }

  private static Optional<Long> time(Optional<FuseTime> wanted, Instant now) {
    return wanted
        .map(
            time ->
                switch (time) {
                  case FuseTime.Now() -> now;
                  case FuseTime.At(var instant) -> instant;
                })
        .map(instant -> Times.of(instant.getEpochSecond(), instant.getNano()));
  }

  /// @param flags `RENAME_*` of renameat2(2)
  static RenameMode rename(int flags) throws FuseError {
    return switch (flags) {
      case 0 -> RenameMode.REPLACE;
      case RENAME_NOREPLACE -> RenameMode.NO_REPLACE;
      case RENAME_EXCHANGE -> RenameMode.EXCHANGE;
      default -> throw new FuseError(Errno.EINVAL);
    };
  }

  /// @param mode `FALLOC_FL_*` of fallocate(2)
  static Allocation allocation(int mode) throws FuseError {
    return switch (mode) {
      case 0 -> Allocation.EXTEND;
      case FALLOC_KEEP_SIZE -> Allocation.KEEP_SIZE;
      case FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE -> Allocation.PUNCH_HOLE;
      case FALLOC_ZERO_RANGE -> Allocation.ZERO;
      case FALLOC_ZERO_RANGE | FALLOC_KEEP_SIZE -> Allocation.ZERO_KEEP_SIZE;
      default -> throw new FuseError(Errno.EOPNOTSUPP);
    };
  }

  /// @param flags `XATTR_*` of setxattr(2)
  static Existence existence(int flags) throws FuseError {
    return switch (flags) {
      case 0 -> Existence.ANY;
      case XATTR_CREATE -> Existence.NEW;
      case XATTR_REPLACE -> Existence.PRESENT;
      default -> throw new FuseError(Errno.EINVAL);
    };
  }
}
