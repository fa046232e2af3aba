package dev.testudo.volume.fuse;

import dev.testudo.linux.fuse.FuseAgreement;
import dev.testudo.linux.fuse.FuseChange;
import dev.testudo.linux.fuse.FuseCreated;
import dev.testudo.linux.fuse.FuseCreation;
import dev.testudo.linux.fuse.FuseDirectory;
import dev.testudo.linux.fuse.FuseEntry;
import dev.testudo.linux.fuse.FuseError;
import dev.testudo.linux.fuse.FuseLifetimes;
import dev.testudo.linux.fuse.FuseNotifier;
import dev.testudo.linux.fuse.FuseOpcode;
import dev.testudo.linux.fuse.FuseOpened;
import dev.testudo.linux.fuse.FuseOperations;
import dev.testudo.linux.fuse.FuseRange;
import dev.testudo.linux.fuse.FuseRead;
import dev.testudo.linux.fuse.FuseRequest;
import dev.testudo.linux.fuse.FuseSpace;
import dev.testudo.linux.fuse.FuseStatus;
import dev.testudo.linux.fuse.FuseWrite;
import dev.testudo.linux.sys.Errno;
import dev.testudo.volume.file.FileError;
import dev.testudo.volume.file.FileSystem;
import dev.testudo.volume.file.Inode;
import dev.testudo.volume.file.KnownInode;
import dev.testudo.volume.file.WriteMode;
import dev.testudo.volume.store.NoSpaceException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Answers the kernel from a file system. It keeps no handles: a node is an inode, and the kernel
/// says when it has forgotten one.
///
/// The kernel checks permissions (`default_permissions`), keeps locks and applies the umask.
///
/// Holes are not reported (`SEEK_HOLE`): the kernel asks without writing its cache back first, so a
/// hole could have data that only the kernel knows, and a copy of the file would lack it.
final class VolumeOperations implements FuseOperations {
  private static final int O_EXCL = 0x80;

  private static final FuseOpened OPENED = new FuseOpened(0, FuseOpened.FOPEN_KEEP_CACHE);

  private final FileSystem files;
  private final InstantSource clock;
  private final Visibility visibility;
  private final FuseLifetimes lifetimes;
  private final int blockSize;
  private volatile Optional<WrittenFiles> written = Optional.empty();

  VolumeOperations(FileSystem files, InstantSource clock, Visibility visibility) {
    this.files = files;
    this.clock = clock;
    this.visibility = visibility;
    this.blockSize = files.chunkSize();
    this.lifetimes =
        switch (visibility) {
          case Visibility.Private() -> FuseLifetimes.UNLIMITED;
          case Visibility.Shared(_) -> FuseLifetimes.NONE;
        };
  }

  @Override
  public void begin(FuseAgreement agreement, FuseNotifier notifier) {
    if (visibility instanceof Visibility.Private) {
      written = Optional.of(new WrittenFiles(notifier));
    }
  }

  @Override
  public void end() {
    written.ifPresent(WrittenFiles::close);
  }

  @Override
  public void admit(FuseOpcode opcode, FuseRequest request) throws FuseError {
    if (visibility instanceof Visibility.Shared(var judge)
        && !isOfKernel(opcode, request)
        && !judge.serves(request.pid())) {
      throw new FuseError(Errno.EACCES);
    }
  }

  /// The kernel writes its cache and the times of files back for itself; whoever wrote there was
  /// admitted. Nobody can change attributes of a file that he cannot look up.
  private static boolean isOfKernel(FuseOpcode opcode, FuseRequest request) {
    return switch (opcode) {
      case WRITE, RELEASE, RELEASEDIR -> true;
      case SETATTR -> request.pid() == 0;
      default -> false;
    };
  }

  /// An operation of the file system.
  private interface Operation<T> {
    T run() throws IOException;
  }

  private static <T> T answer(Operation<T> operation) throws IOException {
    try {
      return operation.run();
    } catch (FileError e) {
      throw new FuseError(Translation.errno(e.reason()));
    } catch (NoSpaceException e) {
      throw new FuseError(Errno.ENOSPC);
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  private static void perform(Action action) throws IOException {
    Object _ =
        answer(
            () -> {
              action.run();
              return action;
            });
  }

  private FuseEntry entry(KnownInode known) {
    return FuseEntry.of(known.number(), 0, Translation.attributes(known, blockSize), lifetimes);
  }

  private FuseStatus status(KnownInode known) {
    return new FuseStatus(Translation.attributes(known, blockSize), lifetimes);
  }

  @Override
  public FuseEntry lookup(FuseRequest request, byte[] name) throws IOException {
    var found = answer(() -> files.lookup(request.node(), name));
    if (found.isEmpty()) {
      return FuseEntry.absent(lifetimes);
    }
    return entry(found.get());
  }

  @Override
  public void forget(long node, long lookups) throws IOException {
    files.forget(node, lookups);
  }

  @Override
  public FuseStatus status(FuseRequest request) throws IOException {
    return status(answer(() -> files.attributes(request.node())));
  }

  @Override
  public FuseStatus change(FuseRequest request, FuseChange change) throws IOException {
    return status(
        answer(() -> files.change(request.node(), Translation.change(change, clock.instant()))));
  }

  @Override
  public byte[] readLink(FuseRequest request) throws IOException {
    return answer(() -> files.target(request.node()));
  }

  @Override
  public FuseEntry symbolicLink(FuseRequest request, byte[] name, byte[] target)
      throws IOException {
    return entry(
        answer(() -> files.symlink(request.node(), name, target, Translation.owner(request))));
  }

  @Override
  public FuseEntry makeNode(FuseRequest request, byte[] name, FuseCreation creation)
      throws IOException {
    return entry(make(request, name, creation.mode()));
  }

  @Override
  public FuseEntry makeDirectory(FuseRequest request, byte[] name, FuseCreation creation)
      throws IOException {
    return entry(make(request, name, Inode.DIRECTORY | creation.mode()));
  }

  private KnownInode make(FuseRequest request, byte[] name, int mode) throws IOException {
    return answer(() -> files.create(request.node(), name, mode, Translation.owner(request)));
  }

  /// Not implemented where the kernel opens files without asking: then MKNOD does the same, and the
  /// kernel need not say that a new file is closed.
  @Override
  public FuseCreated create(FuseRequest request, byte[] name, FuseCreation creation)
      throws IOException {
    if (visibility instanceof Visibility.Private) {
      throw new FuseError(Errno.ENOSYS);
    }
    int mode = Inode.FILE | creation.mode();
    try {
      return new FuseCreated(entry(make(request, name, mode)), OPENED);
    } catch (FuseError e) {
      var found = files.lookup(request.node(), name);
      if (e.errno() != Errno.EEXIST || (creation.flags() & O_EXCL) != 0 || found.isEmpty()) {
        throw e;
      }
      return new FuseCreated(entry(found.get()), OPENED);
    }
  }

  @Override
  public FuseCreated createUnnamed(FuseRequest request, FuseCreation creation) throws IOException {
    int permissions = creation.mode() & ~Inode.TYPE;
    var file =
        answer(() -> files.temporary(request.node(), permissions, Translation.owner(request)));
    return new FuseCreated(entry(file), OPENED);
  }

  @Override
  public void unlink(FuseRequest request, byte[] name) throws IOException {
    perform(() -> files.unlink(request.node(), name));
  }

  @Override
  public void removeDirectory(FuseRequest request, byte[] name) throws IOException {
    perform(() -> files.rmdir(request.node(), name));
  }

  @Override
  public void rename(FuseRequest request, byte[] name, long newParent, byte[] newName, int flags)
      throws IOException {
    var mode = Translation.rename(flags);
    perform(() -> files.rename(request.node(), name, newParent, newName, mode));
  }

  @Override
  public FuseEntry link(FuseRequest request, byte[] name, long target) throws IOException {
    return entry(answer(() -> files.link(target, request.node(), name)));
  }

  @Override
  public FuseOpened open(FuseRequest request, int flags) throws FuseError {
    return opened();
  }

  @Override
  public FuseOpened openDirectory(FuseRequest request, int flags) throws FuseError {
    return opened();
  }

  private FuseOpened opened() throws FuseError {
    return switch (visibility) {
      case Visibility.Private() -> throw new FuseError(Errno.ENOSYS);
      case Visibility.Shared(_) -> OPENED;
    };
  }

  @Override
  public int read(FuseRequest request, FuseRead read) throws IOException {
    return answer(
        () ->
            files.read(
                request.node(), read.range().offset(), read.into(), read.start(), read.length()));
  }

  @Override
  public void write(FuseRequest request, FuseWrite write) throws IOException {
    if (visibility instanceof Visibility.Shared(var judge)
        && !write.fromCache()
        && !judge.serves(request.pid())) {
      throw new FuseError(Errno.EACCES);
    }
    var mode = new WriteMode(write.fromCache(), write.dropPrivileges());
    long offset = write.range().offset();
    perform(
        () ->
            files.write(
                request.node(), offset, write.bytes(), write.start(), write.length(), mode));
    written.ifPresent(told -> told.written(request.node()));
  }

  @Override
  public void synchronize(FuseRequest request, long handle, boolean dataOnly) throws IOException {
    perform(files::sync);
  }

  @Override
  public void synchronizeDirectory(FuseRequest request, long handle, boolean dataOnly)
      throws IOException {
    perform(files::sync);
  }

  @Override
  public void synchronizeAll(FuseRequest request) throws IOException {
    perform(files::sync);
  }

  @Override
  public void readDirectory(FuseRequest request, long handle, long from, FuseDirectory entries)
      throws IOException {
    perform(
        () ->
            files.list(
                request.node(),
                from,
                (name, number, type, cookie) -> entries.add(name, number, type << 12, cookie)));
  }

  @Override
  public void readDirectoryPlus(FuseRequest request, long handle, long from, FuseDirectory entries)
      throws IOException {
    perform(
        () ->
            files.list(
                request.node(),
                from,
                (name, number, _, cookie) -> addWithAttributes(name, number, cookie, entries)));
  }

  /// Adds an entry, with a reference unless it is `.` or `..`.
  private boolean addWithAttributes(byte[] name, long number, long cookie, FuseDirectory entries)
      throws IOException {
    if (name.length <= 2 && name[0] == '.' && name[name.length - 1] == '.') {
      return entries.add(name, entry(files.attributes(number)), cookie);
    }
    KnownInode known;
    try {
      known = files.enter(number);
    } catch (FileError _) {
      return true; // it was removed meanwhile
    }
    if (entries.add(name, entry(known), cookie)) {
      return true;
    }
    files.forget(number, 1);
    return false;
  }

  @Override
  public FuseSpace space(FuseRequest request) throws IOException {
    var space = answer(files::space);
    long free = space.free() / blockSize;
    long inodes = files.inodes();
    return new FuseSpace(blockSize, space.total() / blockSize, free, free, inodes + free, free);
  }

  @Override
  public void setAttribute(FuseRequest request, byte[] name, byte[] value, int flags)
      throws IOException {
    AttributeNames.requireKept(name);
    var existence = Translation.existence(flags);
    perform(() -> files.setExtendedAttribute(request.node(), name, value, existence));
  }

  @Override
  public byte[] attribute(FuseRequest request, byte[] name) throws IOException {
    AttributeNames.requireKept(name);
    return answer(() -> files.extendedAttribute(request.node(), name));
  }

  @Override
  public List<byte[]> attributes(FuseRequest request) throws IOException {
    return answer(() -> files.extendedAttributes(request.node()));
  }

  @Override
  public void removeAttribute(FuseRequest request, byte[] name) throws IOException {
    AttributeNames.requireKept(name);
    perform(() -> files.removeExtendedAttribute(request.node(), name));
  }

  @Override
  public void allocate(FuseRequest request, FuseRange range, int mode) throws IOException {
    var allocation = Translation.allocation(mode);
    perform(() -> files.allocate(request.node(), allocation, range.offset(), range.length()));
  }
}
