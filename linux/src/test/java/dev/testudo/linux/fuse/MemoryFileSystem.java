package dev.testudo.linux.fuse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.linux.sys.Errno;
import dev.testudo.linux.sys.ErrnoException;
import dev.testudo.linux.sys.UserIds;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A file system in memory, written as directly as possible, to serve real mounts in tests. One
/// lock protects everything.
class MemoryFileSystem implements FuseOperations {
  private static final int RENAME_NOREPLACE = 1;
  private static final int RENAME_EXCHANGE = 2;
  private static final int FALLOC_KEEP_SIZE = 1;
  private static final int FALLOC_PUNCH_HOLE = 2;
  private static final int FALLOC_ZERO_RANGE = 0x10;
  private static final int SEEK_DATA = 3;

  /// A user namespace need not know user 0.
  private static final UserIds OWNER = own();

  private final Map<Long, MemoryInode> inodes = new HashMap<>();
  private final FuseLifetimes lifetimes;
  private final long limit;
  private long next = 2;

  /// @param limit how many pages it has room for
  MemoryFileSystem(FuseLifetimes lifetimes, long limit) {
    this.lifetimes = lifetimes;
    this.limit = limit;
    var root = new MemoryInode(1, 0x4000 | 0777, OWNER.uid(), OWNER.gid());
    root.links = 2;
    root.lookups = 1;
    inodes.put(1L, root);
  }

  MemoryFileSystem() {
    this(FuseLifetimes.UNLIMITED, 1 << 20);
  }

  private static UserIds own() {
    try {
      return UserIds.own();
    } catch (ErrnoException e) {
      throw new AssertionError(e);
    }
  }

  synchronized int inodes() {
    return inodes.size();
  }

  private MemoryInode at(long node) throws FuseError {
    var inode = inodes.get(node);
    if (inode == null) {
      throw new FuseError(Errno.ESTALE);
    }
    return inode;
  }

  private static String text(byte[] name) {
    return new String(name, ISO_8859_1);
  }

  private MemoryInode child(FuseRequest in, byte[] name) throws FuseError {
    var entry = at(in.node()).entries.get(text(name));
    if (entry == null) {
      throw new FuseError(Errno.ENOENT);
    }
    return at(entry.node());
  }

  private static FuseAttributes attributes(MemoryInode inode) {
    return new FuseAttributes(
        inode.number,
        inode.mode,
        inode.links,
        new FuseOwnership(inode.uid, inode.gid),
        new FuseSize(inode.size, inode.pages.size() * 8L, 4096),
        new FuseTimes(inode.accessed, inode.modified, inode.changed));
  }

  private FuseEntry entry(MemoryInode inode) {
    inode.lookups++;
    return FuseEntry.of(inode.number, 0, attributes(inode), lifetimes);
  }

  @Override
  public synchronized FuseEntry lookup(FuseRequest in, byte[] name) throws FuseError {
    var found = at(in.node()).entries.get(text(name));
    return found == null ? FuseEntry.absent(lifetimes) : entry(at(found.node()));
  }

  @Override
  public synchronized void forget(long node, long lookups) {
    var inode = inodes.get(node);
    if (inode != null) {
      inode.lookups -= lookups;
      drop(inode);
    }
  }

  private void drop(MemoryInode inode) {
    if (inode.links == 0 && inode.lookups <= 0) {
      inodes.remove(inode.number);
    }
  }

  @Override
  public synchronized FuseStatus status(FuseRequest in) throws FuseError {
    return new FuseStatus(attributes(at(in.node())), lifetimes);
  }

  @Override
  public synchronized FuseExtendedStatus extendedStatus(FuseRequest in) throws FuseError {
    return new FuseExtendedStatus(status(in), Instant.ofEpochSecond(-77, 5));
  }

  @Override
  public synchronized FuseStatus change(FuseRequest in, FuseChange change) throws FuseError {
    var inode = at(in.node());
    change.mode().ifPresent(mode -> inode.mode = (inode.mode & 0xF000) | (mode & 07777));
    change.uid().ifPresent(uid -> inode.uid = uid);
    change.gid().ifPresent(gid -> inode.gid = gid);
    change.size().ifPresent(inode::resize);
    if (change.dropPrivileges()) {
      inode.mode &= ~06000;
    }
    inode.changed = Instant.now();
    inode.accessed = time(change.times().accessed(), inode.accessed);
    inode.modified =
        time(change.times().modified(), change.size().isPresent() ? inode.changed : inode.modified);
    inode.changed = time(change.times().changed(), inode.changed);
    return status(in);
  }

  private static Instant time(Optional<FuseTime> wanted, Instant old) {
    return wanted
        .map(
            time ->
                switch (time) {
                  case FuseTime.Now() -> Instant.now();
                  case FuseTime.At(var instant) -> instant;
                })
        .orElse(old);
  }

  private MemoryInode make(FuseRequest in, byte[] name, int mode) throws FuseError {
    var directory = at(in.node());
    if (directory.entries.containsKey(text(name))) {
      throw new FuseError(Errno.EEXIST);
    }
    var inode = new MemoryInode(next++, mode, in.uid(), in.gid());
    inode.parent = directory.number;
    inodes.put(inode.number, inode);
    directory.put(text(name), inode.number);
    if (inode.isDirectory()) {
      inode.links = 2;
      directory.links++;
    }
    return inode;
  }

  @Override
  public synchronized FuseEntry symbolicLink(FuseRequest in, byte[] name, byte[] target)
      throws FuseError {
    var link = make(in, name, 0xA000 | 0777);
    link.target = target;
    link.size = target.length;
    return entry(link);
  }

  @Override
  public synchronized byte[] readLink(FuseRequest in) throws FuseError {
    return at(in.node()).target;
  }

  @Override
  public synchronized FuseEntry makeNode(FuseRequest in, byte[] name, FuseCreation creation)
      throws FuseError {
    return entry(make(in, name, creation.mode()));
  }

  @Override
  public synchronized FuseEntry makeDirectory(FuseRequest in, byte[] name, FuseCreation creation)
      throws FuseError {
    return entry(make(in, name, 0x4000 | creation.mode()));
  }

  @Override
  public synchronized FuseCreated create(FuseRequest in, byte[] name, FuseCreation creation)
      throws FuseError {
    return new FuseCreated(
        entry(make(in, name, creation.mode())), new FuseOpened(0, FuseOpened.FOPEN_KEEP_CACHE));
  }

  @Override
  public synchronized FuseCreated createUnnamed(FuseRequest in, FuseCreation creation)
      throws FuseError {
    var inode = new MemoryInode(next++, creation.mode(), in.uid(), in.gid());
    inode.links = 0;
    inodes.put(inode.number, inode);
    return new FuseCreated(entry(inode), new FuseOpened(0, FuseOpened.FOPEN_KEEP_CACHE));
  }

  @Override
  public synchronized void unlink(FuseRequest in, byte[] name) throws FuseError {
    var inode = child(in, name);
    at(in.node()).remove(text(name));
    inode.links--;
    inode.changed = Instant.now();
    drop(inode);
  }

  @Override
  public synchronized void removeDirectory(FuseRequest in, byte[] name) throws FuseError {
    var inode = child(in, name);
    if (!inode.entries.isEmpty()) {
      throw new FuseError(Errno.ENOTEMPTY);
    }
    at(in.node()).remove(text(name));
    at(in.node()).links--;
    inode.links = 0;
    drop(inode);
  }

  @Override
  public synchronized void rename(
      FuseRequest in, byte[] name, long newParent, byte[] newName, int flags) throws FuseError {
    var moved = child(in, name);
    var from = at(in.node());
    var to = at(newParent);
    var old = to.entries.get(text(newName));
    if (old != null && (flags & RENAME_NOREPLACE) != 0) {
      throw new FuseError(Errno.EEXIST);
    }
    if ((flags & RENAME_EXCHANGE) != 0) {
      if (old == null) {
        throw new FuseError(Errno.ENOENT);
      }
      from.put(text(name), old.node());
      to.put(text(newName), moved.number);
      return;
    }
    if (old != null) {
      var replaced = at(old.node());
      if (!replaced.entries.isEmpty()) {
        throw new FuseError(Errno.ENOTEMPTY);
      }
      replaced.links -= replaced.isDirectory() ? 2 : 1;
      to.links -= replaced.isDirectory() ? 1 : 0;
      drop(replaced);
    }
    from.remove(text(name));
    to.put(text(newName), moved.number);
    if (moved.isDirectory()) {
      from.links--;
      to.links++;
      moved.parent = to.number;
    }
  }

  @Override
  public synchronized FuseEntry link(FuseRequest in, byte[] name, long target) throws FuseError {
    var inode = at(target);
    inode.links++;
    at(in.node()).put(text(name), target);
    return entry(inode);
  }

  @Override
  public synchronized int read(FuseRequest in, FuseRead read) throws FuseError {
    return at(in.node()).read(read.range().offset(), read.into(), read.start(), read.length());
  }

  @Override
  public synchronized void write(FuseRequest in, FuseWrite write) throws FuseError {
    if (used() + write.length() / 4096 > limit) {
      throw new FuseError(Errno.ENOSPC);
    }
    var inode = at(in.node());
    inode.write(write.range().offset(), write.bytes(), write.start(), write.length());
    if (write.dropPrivileges()) {
      inode.mode &= ~06000;
    }
  }

  private long used() {
    return inodes.values().stream().mapToLong(inode -> inode.pages.size()).sum();
  }

  @Override
  public void synchronize(FuseRequest in, long handle, boolean dataOnly) {}

  @Override
  public void synchronizeDirectory(FuseRequest in, long handle, boolean dataOnly) {}

  @Override
  public synchronized void readDirectory(
      FuseRequest in, long handle, long from, FuseDirectory entries) throws FuseError {
    var directory = at(in.node());
    if ((from < 1 && !entries.add(new byte[] {'.'}, directory.number, 0x4000, 1))
        || (from < 2 && !entries.add(new byte[] {'.', '.'}, directory.parent, 0x4000, 2))) {
      return;
    }
    for (var each : directory.cookies.tailMap(from, false).entrySet()) {
      var inode = at(each.getValue().node());
      if (!entries.add(
          each.getValue().name().getBytes(ISO_8859_1), inode.number, inode.mode, each.getKey())) {
        return;
      }
    }
  }

  @Override
  public synchronized void readDirectoryPlus(
      FuseRequest in, long handle, long from, FuseDirectory entries) throws FuseError {
    var directory = at(in.node());
    if ((from < 1 && !entries.add(new byte[] {'.'}, plain(directory), 1))
        || (from < 2 && !entries.add(new byte[] {'.', '.'}, plain(at(directory.parent)), 2))) {
      return;
    }
    for (var each : directory.cookies.tailMap(from, false).entrySet()) {
      var inode = at(each.getValue().node());
      if (!entries.add(each.getValue().name().getBytes(ISO_8859_1), plain(inode), each.getKey())) {
        return;
      }
      inode.lookups++;
    }
  }

  private FuseEntry plain(MemoryInode inode) {
    return FuseEntry.of(inode.number, 0, attributes(inode), lifetimes);
  }

  @Override
  public synchronized FuseSpace space(FuseRequest in) {
    long free = limit - used();
    return new FuseSpace(4096, limit, free, free, 1 << 20, (1 << 20) - inodes.size());
  }

  @Override
  public synchronized void setAttribute(FuseRequest in, byte[] name, byte[] value, int flags)
      throws FuseError {
    var attributes = at(in.node()).attributes;
    if (flags == 1 && attributes.containsKey(text(name))) {
      throw new FuseError(Errno.EEXIST);
    }
    if (flags == 2 && !attributes.containsKey(text(name))) {
      throw new FuseError(Errno.ENODATA);
    }
    attributes.put(text(name), value);
  }

  @Override
  public synchronized byte[] attribute(FuseRequest in, byte[] name) throws FuseError {
    var value = at(in.node()).attributes.get(text(name));
    if (value == null) {
      throw new FuseError(Errno.ENODATA);
    }
    return value;
  }

  @Override
  public synchronized List<byte[]> attributes(FuseRequest in) throws FuseError {
    return at(in.node()).attributes.keySet().stream().map(n -> n.getBytes(ISO_8859_1)).toList();
  }

  @Override
  public synchronized void removeAttribute(FuseRequest in, byte[] name) throws FuseError {
    if (at(in.node()).attributes.remove(text(name)) == null) {
      throw new FuseError(Errno.ENODATA);
    }
  }

  @Override
  public synchronized void allocate(FuseRequest in, FuseRange range, int mode) throws FuseError {
    var inode = at(in.node());
    long end = range.offset() + range.length();
    if ((mode & ~(FALLOC_KEEP_SIZE | FALLOC_PUNCH_HOLE | FALLOC_ZERO_RANGE)) != 0) {
      throw new FuseError(Errno.EOPNOTSUPP);
    }
    if ((mode & (FALLOC_PUNCH_HOLE | FALLOC_ZERO_RANGE)) != 0) {
      inode.zero(range.offset(), Math.min(end, inode.size));
    }
    if ((mode & FALLOC_KEEP_SIZE) == 0 && end > inode.size) {
      inode.resize(end);
    }
  }

  @Override
  public synchronized long seek(FuseRequest in, long offset, int whence) throws FuseError {
    var inode = at(in.node());
    if (offset >= inode.size) {
      throw new FuseError(Errno.ENXIO);
    }
    for (long page = offset / MemoryInode.PAGE; ; page++) {
      long at = Math.max(offset, page * MemoryInode.PAGE);
      if (at >= inode.size) {
        if (whence == SEEK_DATA) {
          throw new FuseError(Errno.ENXIO);
        }
        return inode.size;
      }
      if (inode.pages.containsKey(page) == (whence == SEEK_DATA)) {
        return at;
      }
    }
  }
}
