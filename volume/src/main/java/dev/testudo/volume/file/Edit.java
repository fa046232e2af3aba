package dev.testudo.volume.file;

import dev.testudo.volume.file.FileError.Reason;
import dev.testudo.volume.format.TreeKey;
import dev.testudo.volume.store.Changes;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// One operation that changes the file system, while it is put together. It sees its own changes of
/// inodes. Only [Metadata#edit] makes one.
final class Edit {
  private final Metadata metadata;
  private final Changes changes = new Changes();
  private final Map<Long, Inode> inodes = new LinkedHashMap<>();
  private final long now;
  private Totals totals;
  private boolean isEmpty = true;

  Edit(Metadata metadata, Totals totals, long now) {
    this.metadata = metadata;
    this.totals = totals;
    this.now = now;
  }

  /// Returns when it happens.
  long now() {
    return now;
  }

  /// Returns an inode.
  ///
  /// @throws FileError NO_ENTRY if there is none
  Inode inode(long number) throws IOException {
    var changed = inodes.get(number);
    return changed != null ? changed : metadata.require(number);
  }

  /// Returns a directory that still has a name.
  ///
  /// @throws FileError NO_ENTRY or NOT_A_DIRECTORY
  Inode directory(long number) throws IOException {
    var inode = inode(number);
    if (!inode.isDirectory()) {
      throw new FileError(Reason.NOT_A_DIRECTORY);
    }
    if (inode.links() == 0) {
      throw new FileError(Reason.NO_ENTRY);
    }
    return inode;
  }

  void set(long number, Inode inode) {
    inodes.put(number, inode);
    isEmpty = false;
  }

  /// Adds an inode and returns its number.
  long add(Inode inode) {
    long number = totals.next();
    totals = new Totals(number + 1, totals.inodes() + 1);
    changes.put(FileKeys.totals(), totals.write());
    set(number, inode);
    return number;
  }

  void remove(long number) {
    inodes.remove(number);
    totals = new Totals(totals.next(), totals.inodes() - 1);
    changes.delete(FileKeys.inode(number)).put(FileKeys.totals(), totals.write());
    isEmpty = false;
  }

  void put(TreeKey key, byte[] value) {
    changes.put(key, value);
    isEmpty = false;
  }

  void delete(TreeKey key) {
    changes.delete(key);
    isEmpty = false;
  }

  /// Returns the value of a key before this operation.
  Optional<byte[]> value(TreeKey key) throws IOException {
    return metadata.store().get(key);
  }

  /// Gives direct access, for chunks.
  Changes chunks() {
    isEmpty = false;
    return changes;
  }

  boolean isEmpty() {
    return isEmpty;
  }

  Totals totals() {
    return totals;
  }

  Changes finish() {
    inodes.forEach((number, inode) -> changes.put(FileKeys.inode(number), inode.write()));
    return changes;
  }
}
