package dev.testudo.linux.fuse;

/// Collects the entries of one reply (`struct fuse_dirent`, `struct fuse_direntplus`).
final class DirectoryReply implements FuseDirectory {
  private static final int DIRENT = 24;
  private static final int TYPE_SHIFT = 12;

  private final ReplyWriter reply;
  private final int end;
  private final boolean plus;

  /// @param size how many bytes the kernel has room for
  DirectoryReply(ReplyWriter reply, int size, boolean plus) {
    this.reply = reply;
    this.end = reply.position() + size;
    this.plus = plus;
  }

  @Override
  public boolean add(byte[] name, long inode, int mode, long next) {
    check(name, next, false);
    if (!fits(DIRENT, name)) {
      return false;
    }
    entry(name, inode, mode, next);
    return true;
  }

  @Override
  public boolean add(byte[] name, FuseEntry entry, long next) {
    check(name, next, true);
    if (!fits(ReplyWriter.ENTRY + DIRENT, name)) {
      return false;
    }
    var file = entry.attributes().orElseThrow();
    reply.entry(entry);
    entry(name, file.inode(), file.mode(), next);
    return true;
  }

  private void check(byte[] name, long next, boolean withAttributes) {
    if (plus != withAttributes
        || name.length == 0
        || name.length > RequestReader.NAME_MAX
        || next == 0) {
      throw new IllegalArgumentException("not an entry of this reply");
    }
  }

  private boolean fits(int fixed, byte[] name) {
    return reply.position() + aligned(fixed + name.length) <= end;
  }

  private void entry(byte[] name, long inode, int mode, long next) {
    reply.longNumber(inode).longNumber(next).number(name.length);
    reply.number((mode & 0xF000) >> TYPE_SHIFT);
    reply.bytes(name).zeros(aligned(name.length) - name.length);
  }

  private static int aligned(int length) {
    return (length + 7) & -8;
  }
}
