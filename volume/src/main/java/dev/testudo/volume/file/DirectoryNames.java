package dev.testudo.volume.file;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.file.FileError.Reason;
import dev.testudo.volume.format.TreeKey.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// The names of inodes.
final class DirectoryNames {
  private static final int MOST_LINKS = Integer.MAX_VALUE;
  private static final byte[] DOT = {'.'};
  private static final byte[] DOTS = {'.', '.'};

  private final Metadata metadata;

  DirectoryNames(Metadata metadata) {
    this.metadata = metadata;
  }

  /// Returns the inode that a name refers to.
  Optional<Long> find(long directory, byte[] name) throws IOException {
    Entry.requireName(name);
    var value = metadata.store().get(FileKeys.name(directory, name));
    return value.isEmpty()
        ? Optional.empty()
        : Optional.of(Entry.read(directory, value.get()).number());
  }

  /// Adds a name to an inode. The caller has set the number of its names.
  void add(Edit edit, long directory, byte[] name, long number) throws IOException {
    requireFree(edit, directory, name);
    enter(edit, directory, name, number, edit.inode(number));
    if (edit.inode(number).isDirectory()) {
      edit.put(FileKeys.parent(number), number(directory));
      addLinks(edit, directory, 1);
    }
  }

  private void requireFree(Edit edit, long directory, byte[] name) throws IOException {
    Entry.requireName(name);
    edit.directory(directory);
    if (entry(edit, directory, name).isPresent()) {
      throw new FileError(Reason.EXISTS);
    }
  }

  /// Gives an inode that has a name another one.
  Inode link(Edit edit, long number, long directory, byte[] name) throws IOException {
    var inode = edit.inode(number);
    if (inode.isDirectory()) {
      throw new FileError(Reason.NOT_PERMITTED);
    }
    if (inode.links() == MOST_LINKS) {
      throw new FileError(Reason.TOO_MANY_LINKS);
    }
    requireFree(edit, directory, name);
    if (inode.links() == 0) {
      edit.delete(FileKeys.orphan(number)); // a temporary file without a name
    }
    edit.set(number, inode.withLinks(inode.links() + 1).changedAt(edit.now()));
    enter(edit, directory, name, number, inode);
    return edit.inode(number);
  }

  /// Removes a name of anything but a directory. Returns the inode if it has no other name.
  Optional<Long> unlink(Edit edit, long directory, byte[] name) throws IOException {
    var entry = require(edit, directory, name);
    if (edit.inode(entry.number()).isDirectory()) {
      throw new FileError(Reason.IS_A_DIRECTORY);
    }
    leave(edit, directory, name, entry);
    dropName(edit, entry.number());
    return edit.inode(entry.number()).links() == 0 ? Optional.of(entry.number()) : Optional.empty();
  }

  /// Removes an empty directory, and returns its inode.
  long rmdir(Edit edit, long directory, byte[] name) throws IOException {
    var entry = require(edit, directory, name);
    if (!edit.inode(entry.number()).isDirectory()) {
      throw new FileError(Reason.NOT_A_DIRECTORY);
    }
    requireEmpty(entry.number());
    leave(edit, directory, name, entry);
    addLinks(edit, directory, -1);
    dropName(edit, entry.number());
    return entry.number();
  }

  private Entry require(Edit edit, long directory, byte[] name) throws IOException {
    Entry.requireName(name);
    edit.directory(directory);
    return entry(edit, directory, name).orElseThrow(() -> new FileError(Reason.NO_ENTRY));
  }

  private void requireEmpty(long directory) throws IOException {
    var first = FileKeys.first(directory, Kind.NAME);
    if (metadata.store().next(first, FileKeys.after(directory, Kind.NAME)).isPresent()) {
      throw new FileError(Reason.NOT_EMPTY);
    }
  }

  /// Takes the last step of removing a name. An inode without a name becomes an orphan.
  private static void dropName(Edit edit, long number) throws IOException {
    var inode = edit.inode(number);
    int left = inode.isDirectory() ? 0 : Math.max(0, inode.links() - 1);
    edit.set(number, inode.withLinks(left).changedAt(edit.now()));
    if (left == 0) {
      edit.put(FileKeys.orphan(number), new byte[0]);
    }
  }

  /// Moves a name.
  ///
  /// @return the inode that lost its name, if it has no other one
  Optional<Long> rename(Edit edit, Place from, Place to, RenameMode mode) throws IOException {
    var moved = require(edit, from.directory(), from.name());
    Entry.requireName(to.name());
    edit.directory(to.directory());
    var replaced = entry(edit, to.directory(), to.name());
    if (mode == RenameMode.EXCHANGE) {
      var other = replaced.orElseThrow(() -> new FileError(Reason.NO_ENTRY));
      exchange(edit, from, moved, to, other);
      return Optional.empty();
    }
    if (replaced.isPresent() && mode == RenameMode.NO_REPLACE) {
      throw new FileError(Reason.EXISTS);
    }
    if (replaced.isPresent() && replaced.get().number() == moved.number()) {
      return Optional.empty(); // both are names of the same inode: rename(2) does nothing
    }
    if (replaced.isPresent()) {
      makeRoom(edit, moved.number(), to, replaced.get());
    }
    leave(edit, from.directory(), from.name(), moved);
    enter(edit, to.directory(), to.name(), moved.number(), edit.inode(moved.number()));
    moveTo(edit, moved.number(), from.directory(), to.directory());
    boolean nameless = replaced.isPresent() && edit.inode(replaced.get().number()).links() == 0;
    return nameless ? replaced.map(Entry::number) : Optional.empty();
  }

  /// Removes the name that another inode gets.
  private void makeRoom(Edit edit, long moved, Place to, Entry replaced) throws IOException {
    boolean directory = edit.inode(replaced.number()).isDirectory();
    if (edit.inode(moved).isDirectory() != directory) {
      throw new FileError(directory ? Reason.IS_A_DIRECTORY : Reason.NOT_A_DIRECTORY);
    }
    if (directory) {
      requireEmpty(replaced.number());
      addLinks(edit, to.directory(), -1);
    }
    leave(edit, to.directory(), to.name(), replaced);
    dropName(edit, replaced.number());
  }

  private void exchange(Edit edit, Place from, Entry one, Place to, Entry other)
      throws IOException {
    if (one.number() == other.number()) {
      return;
    }
    leave(edit, from.directory(), from.name(), one);
    leave(edit, to.directory(), to.name(), other);
    enter(edit, from.directory(), from.name(), other.number(), edit.inode(other.number()));
    enter(edit, to.directory(), to.name(), one.number(), edit.inode(one.number()));
    moveTo(edit, one.number(), from.directory(), to.directory());
    moveTo(edit, other.number(), to.directory(), from.directory());
  }

  /// Updates what an inode and the directories know of each other after it has moved.
  private static void moveTo(Edit edit, long number, long from, long to) throws IOException {
    var inode = edit.inode(number);
    edit.set(number, inode.changedAt(edit.now()));
    if (inode.isDirectory() && from != to) {
      edit.put(FileKeys.parent(number), number(to));
      addLinks(edit, from, -1);
      addLinks(edit, to, 1);
    }
  }

  private static void addLinks(Edit edit, long directory, int count) throws IOException {
    var inode = edit.inode(directory);
    if (count > 0 && inode.links() == MOST_LINKS) {
      throw new FileError(Reason.TOO_MANY_LINKS);
    }
    edit.set(directory, inode.withLinks(inode.links() + count));
  }

  /// Writes an entry. Each entry gets a new cookie, so whoever lists the directory meanwhile sees
  /// the entries that stay exactly once.
  private static void enter(Edit edit, long directory, byte[] name, long number, Inode inode)
      throws IOException {
    var in = edit.inode(directory);
    long cookie = in.size();
    if (cookie < Entry.FIRST || cookie == Long.MAX_VALUE) {
      throw VolumeException.damaged("directory " + directory, "its next cookie is impossible");
    }
    edit.put(FileKeys.name(directory, name), new Entry(number, cookie).write());
    edit.put(
        FileKeys.cookie(directory, cookie),
        new Entry.Listed(number, inode.directoryType(), name).write());
    edit.set(directory, in.withSize(cookie + 1).modifiedAt(edit.now()));
  }

  private static void leave(Edit edit, long directory, byte[] name, Entry entry)
      throws IOException {
    edit.delete(FileKeys.name(directory, name));
    edit.delete(FileKeys.cookie(directory, entry.cookie()));
    edit.set(directory, edit.inode(directory).modifiedAt(edit.now()));
  }

  private static Optional<Entry> entry(Edit edit, long directory, byte[] name) throws IOException {
    var value = edit.value(FileKeys.name(directory, name));
    return value.isEmpty() ? Optional.empty() : Optional.of(Entry.read(directory, value.get()));
  }

  /// Lists a directory.
  ///
  /// @param after the cookie of the entry after which to begin; 0 for all
  void list(long directory, long after, DirectoryVisitor visitor) throws IOException {
    if (!metadata.require(directory).isDirectory()) {
      throw new FileError(Reason.NOT_A_DIRECTORY);
    }
    int type = Inode.DIRECTORY >>> 12;
    if (after < Entry.SELF && !visitor.entry(DOT, directory, type, Entry.SELF)) {
      return;
    }
    if (after < Entry.ABOVE && !visitor.entry(DOTS, parent(directory), type, Entry.ABOVE)) {
      return;
    }
    var end = FileKeys.after(directory, Kind.COOKIE);
    var from = FileKeys.cookie(directory, Math.max(after, Entry.ABOVE) + 1).bytes();
    while (true) {
      var next = metadata.store().next(from, end);
      if (next.isEmpty()) {
        return;
      }
      long cookie = cookie(directory, next.get().key());
      var listed = Entry.Listed.read(directory, next.get().value());
      if (!visitor.entry(listed.name(), listed.number(), listed.type(), cookie)) {
        return;
      }
      from = FileKeys.cookie(directory, cookie + 1).bytes();
    }
  }

  private static long cookie(long directory, byte[] key) throws VolumeException {
    int from = FileKeys.first(directory, Kind.COOKIE).length;
    long cookie = key.length == from + Long.BYTES ? ByteBuffer.wrap(key).getLong(from) : -1;
    if (cookie <= Entry.ABOVE || cookie == Long.MAX_VALUE) {
      throw VolumeException.damaged("directory " + directory, "a cookie is impossible");
    }
    return cookie;
  }

  /// Returns the directory above one; of the root, itself.
  long parent(long directory) throws IOException {
    var value = metadata.store().get(FileKeys.parent(directory));
    if (directory == KnownInode.ROOT || value.isEmpty()) {
      return directory;
    }
    if (value.get().length != Long.BYTES) {
      throw VolumeException.damaged("directory " + directory, "its parent has a wrong length");
    }
    return ByteBuffer.wrap(value.get()).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private static byte[] number(long number) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
  }

  /// A name in a directory.
  @SuppressWarnings("ArrayRecordComponent") // compared as bytes
  record Place(long directory, byte[] name) {}
}
