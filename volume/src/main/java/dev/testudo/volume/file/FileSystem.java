package dev.testudo.volume.file;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.file.FileError.Reason;
import dev.testudo.volume.store.NoSpaceException;
import dev.testudo.volume.store.StoredChunk;
import dev.testudo.volume.store.VolumeSpace;
import dev.testudo.volume.store.VolumeStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The file system in a volume. It does what the calls of POSIX do, except that it checks no
/// permissions: the kernel does (`default_permissions` of fuse(4)).
///
/// Every method is one operation: after a crash it has happened or not. They throw [FileError] if
/// the program asks for something impossible, [NoSpaceException] if the volume is full,
/// [VolumeException] if what is stored is not what was written, and other [IOException]s if the
/// backing store fails.
///
/// What a method returns as a [KnownInode] with "one reference" stays until [#forget], also without
/// a name. Methods may be called by any thread.
public final class FileSystem implements AutoCloseable {
  /// The most bytes of the target of a symbolic link.
  public static final int LONGEST_TARGET = 4095;

  private final VolumeStore store;
  private final Metadata metadata;
  private final DirectoryNames directories;
  private final Contents contents;
  private final ExtendedAttributes attributes;
  private final Orphans orphans;

  private FileSystem(VolumeStore store, Metadata metadata) {
    this.store = store;
    this.metadata = metadata;
    this.directories = new DirectoryNames(metadata);
    this.contents = new Contents(metadata);
    this.attributes = new ExtendedAttributes(metadata);
    this.orphans = new Orphans(metadata, contents, attributes);
  }

  /// Opens the file system in a store, or makes one if the store is empty. [#close] closes the
  /// store.
  ///
  /// @param owner who owns the root directory of a new one
  public static FileSystem open(VolumeStore store, InstantSource clock, FileOwner owner)
      throws IOException {
    var system = new FileSystem(store, Metadata.open(store, clock, owner));
    system.orphans.deleteAll();
    return system;
  }

  /// Opens the file system in a store that is only read. Inodes without a name stay in it.
  ///
  /// @throws VolumeException of kind MISSING if the store has no file system yet
  public static FileSystem openForReading(VolumeStore store) throws IOException {
    return new FileSystem(store, Metadata.openForReading(store));
  }

  /// Looks a name up. Gives one reference.
  public Optional<KnownInode> lookup(long directory, byte[] name) throws IOException {
    var number = directories.find(directory, name);
    return number.isEmpty() ? Optional.empty() : Optional.of(enter(number.get()));
  }

  /// Returns an inode with one reference, as [#lookup] does, for an entry that [#list] gave.
  public KnownInode enter(long number) throws IOException {
    var node = attributes(number);
    orphans.refer(number);
    return node;
  }

  /// Gives `count` references back.
  public void forget(long number, long count) throws IOException {
    orphans.forget(number, count);
  }

  /// Returns the attributes of an inode.
  public KnownInode attributes(long number) throws IOException {
    return node(number, metadata.require(number));
  }

  private KnownInode node(long number, Inode inode) throws IOException {
    return new KnownInode(number, inode, contents.blocks(number, inode));
  }

  /// Changes attributes of an inode.
  public KnownInode change(long number, AttributeChange change) throws IOException {
    var size = change.size();
    if (size.isEmpty()) {
      return node(number, metadata.edit(edit -> set(edit, number, changed(edit, number, change))));
    }
    retrying(
        () ->
            contents.exclusively(
                number,
                () -> {
                  contents.resize(number, size.getAsLong(), edit -> resized(edit, number, change));
                }));
    return attributes(number);
  }

  private static Inode set(Edit edit, long number, Inode inode) {
    edit.set(number, inode);
    return inode;
  }

  private static Inode changed(Edit edit, long number, AttributeChange change) throws IOException {
    var inode = change.applyTo(edit.inode(number), edit.now());
    return change.dropsPrivileges()
        ? ExtendedAttributes.dropPrivileges(edit, number, inode)
        : inode;
  }

  private static Inode resized(Edit edit, long number, AttributeChange change) throws IOException {
    edit.set(number, edit.inode(number).modifiedAt(edit.now()));
    return changed(edit, number, change);
  }

  /// Creates a file, directory, FIFO or socket. Gives one reference.
  ///
  /// @param mode type and permissions
  /// @param owner the user and the group of the caller. In a directory with the set-group-id bit,
  ///     the group is that of the directory
  public KnownInode create(long directory, byte[] name, int mode, FileOwner owner)
      throws IOException {
    requireType(mode);
    metadata.requireSpace();
    var node =
        metadata.edit(
            edit -> {
              long number = edit.add(inherit(edit.directory(directory), mode, owner, edit.now()));
              directories.add(edit, directory, name, number);
              return new KnownInode(number, edit.inode(number), 0);
            });
    orphans.refer(node.number());
    return node(node.number(), node.inode());
  }

  /// Creates a file without a name (`O_TMPFILE`). Gives one reference.
  public KnownInode temporary(long directory, int mode, FileOwner owner) throws IOException {
    metadata.requireSpace();
    var node =
        metadata.edit(
            edit -> {
              var inode = inherit(edit.directory(directory), Inode.FILE | mode, owner, edit.now());
              long number = edit.add(inode.withLinks(0));
              edit.put(FileKeys.orphan(number), new byte[0]);
              return new KnownInode(number, edit.inode(number), 0);
            });
    orphans.refer(node.number());
    orphans.add(node.number());
    return node;
  }

  private static void requireType(int mode) throws FileError {
    switch (mode & Inode.TYPE) {
      case Inode.FILE, Inode.DIRECTORY, Inode.FIFO, Inode.SOCKET -> {}
      default -> throw new FileError(Reason.NOT_PERMITTED);
    }
  }

  /// Returns a new inode in a directory. With the set-group-id bit of the directory, it gets the
  /// directory's group, and a new directory the bit.
  private static Inode inherit(Inode directory, int mode, FileOwner owner, long now) {
    if ((directory.mode() & Inode.SET_GROUP) == 0) {
      return Inode.create(mode, owner, now);
    }
    var group = new FileOwner(owner.user(), directory.owner().group());
    boolean isDirectory = (mode & Inode.TYPE) == Inode.DIRECTORY;
    return Inode.create(isDirectory ? mode | Inode.SET_GROUP : mode, group, now);
  }

  /// Creates a symbolic link. Gives one reference.
  public KnownInode symlink(long directory, byte[] name, byte[] target, FileOwner owner)
      throws IOException {
    if (target.length == 0) {
      throw new FileError(Reason.NO_ENTRY);
    }
    if (target.length > LONGEST_TARGET) {
      throw new FileError(Reason.NAME_TOO_LONG);
    }
    metadata.requireSpace();
    boolean inline = target.length <= Contents.LARGEST_INLINE;
    var chunk =
        inline
            ? Optional.<StoredChunk>empty()
            : Optional.of(store.write(Arrays.copyOf(target, store.chunkSize()), 0));
    var node =
        metadata.edit(
            edit -> {
              var inode = inherit(edit.directory(directory), Inode.LINK | 0777, owner, edit.now());
              long number = edit.add(inode.withSize(target.length));
              directories.add(edit, directory, name, number);
              if (inline) {
                edit.put(FileKeys.target(number), target);
              } else {
                edit.chunks().chunk(number, 0, chunk.orElseThrow());
              }
              return new KnownInode(number, edit.inode(number), 0);
            });
    orphans.refer(node.number());
    return node;
  }

  /// Returns the target of a symbolic link.
  public byte[] target(long number) throws IOException {
    var inode = metadata.require(number);
    if (!inode.isLink()) {
      throw new FileError(Reason.INVALID);
    }
    var target = store.get(FileKeys.target(number));
    if (target.isPresent()) {
      return target.get().clone();
    }
    if (inode.size() > LONGEST_TARGET) {
      throw VolumeException.damaged("inode " + number, "the target of a link is too long");
    }
    var bytes = new byte[(int) inode.size()];
    contents.read(number, inode.size(), 0, bytes, 0, bytes.length);
    return bytes;
  }

  /// Gives an inode another name. Gives one reference.
  public KnownInode link(long number, long directory, byte[] name) throws IOException {
    metadata.requireSpace();
    var inode = metadata.edit(edit -> directories.link(edit, number, directory, name));
    orphans.remove(number);
    orphans.refer(number);
    return node(number, inode);
  }

  /// Removes a name of anything but a directory.
  public void unlink(long directory, byte[] name) throws IOException {
    var orphan = metadata.edit(edit -> directories.unlink(edit, directory, name));
    if (orphan.isPresent()) {
      orphans.add(orphan.get());
    }
  }

  /// Removes an empty directory.
  public void rmdir(long directory, byte[] name) throws IOException {
    orphans.add(metadata.edit(edit -> directories.rmdir(edit, directory, name)));
  }

  /// Moves a name.
  public void rename(long from, byte[] name, long to, byte[] newName, RenameMode mode)
      throws IOException {
    var source = new DirectoryNames.Place(from, name);
    var target = new DirectoryNames.Place(to, newName);
    var orphan = metadata.edit(edit -> directories.rename(edit, source, target, mode));
    if (orphan.isPresent()) {
      orphans.add(orphan.get());
    }
  }

  /// Lists a directory, beginning with `.` and `..`. Gives no references.
  ///
  /// @param after the cookie of the entry after which to begin; 0 for all
  public void list(long directory, long after, DirectoryVisitor visitor) throws IOException {
    directories.list(directory, after, visitor);
  }

  /// Reads from a file. Returns how many bytes there were: less than `length` only at its end.
  ///
  /// @param at where the bytes go in `into`
  public int read(long number, long offset, byte[] into, int at, int length) throws IOException {
    return contents.read(number, offset, into, at, length);
  }

  /// Writes to a file, which becomes longer if necessary. A hole before `offset` reads as zeros.
  ///
  /// @param at where the bytes are in `from`
  public void write(long number, long offset, byte[] from, int at, int length, WriteMode mode)
      throws IOException {
    if (length > 0) {
      retrying(() -> contents.write(number, offset, from, at, length, mode));
    }
  }

  /// Does what fallocate(2) does.
  public void allocate(long number, Allocation mode, long offset, long length) throws IOException {
    retrying(() -> contents.allocate(number, mode, offset, length));
  }

  /// Returns the first offset from `offset` on where a file has data, or a hole.
  public long seek(long number, long offset, boolean data) throws IOException {
    return contents.seek(number, offset, data);
  }

  /// Does `operation`, and again if it found no space but a commit frees what was deleted before.
  private void retrying(Contents.Operation operation) throws IOException {
    try {
      operation.run();
    } catch (NoSpaceException _) {
      store.sync();
      operation.run();
    }
  }

  /// Returns the value of an extended attribute.
  public byte[] extendedAttribute(long number, byte[] name) throws IOException {
    return attributes.value(number, name);
  }

  /// Returns the names of all extended attributes.
  public List<byte[]> extendedAttributes(long number) throws IOException {
    return attributes.names(number);
  }

  /// Sets an extended attribute.
  public void setExtendedAttribute(long number, byte[] name, byte[] value, Existence existence)
      throws IOException {
    attributes.set(number, name, value, existence);
  }

  /// Removes an extended attribute.
  public void removeExtendedAttribute(long number, byte[] name) throws IOException {
    attributes.remove(number, name);
  }

  /// Makes everything durable that happened before, as fsync(2) of any file does.
  public void sync() throws IOException {
    store.sync();
  }

  /// Returns how much space there is.
  public VolumeSpace space() throws IOException {
    return store.space();
  }

  /// Returns how many inodes there are.
  public long inodes() {
    return metadata.totals().inodes();
  }

  /// Returns the size of a chunk, in which programs read and write best.
  public int chunkSize() {
    return store.chunkSize();
  }

  /// Ends the use of the volume, with everything durable.
  @Override
  public void close() throws IOException {
    store.close();
  }
}
