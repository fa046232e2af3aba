package dev.testudo.volume.file;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.file.FileError.Reason;
import dev.testudo.volume.store.VolumeStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The inodes of a volume, and the lock under which operations change them, one after the other.
/// Reading needs no lock.
final class Metadata {
  /// New names are refused if less is free, so that there is room for what removes them.
  private static final long RESERVE_BYTES = 256 << 10;

  private final VolumeStore store;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Totals totals;

  /// Puts an operation together.
  @FunctionalInterface
  interface Operation<T> {
    T in(Edit edit) throws IOException;
  }

  private Metadata(VolumeStore store, InstantSource clock, Totals totals) {
    this.store = store;
    this.clock = clock;
    this.totals = totals;
  }

  /// Opens the file system in a store, or makes one if the store is empty.
  ///
  /// @param owner who owns the root of a new one
  static Metadata open(VolumeStore store, InstantSource clock, FileOwner owner) throws IOException {
    var stored = store.get(FileKeys.totals());
    if (stored.isPresent()) {
      return existing(store, clock, stored.get());
    }
    var metadata = new Metadata(store, clock, new Totals(Totals.FIRST, 1));
    metadata.edit(
        edit -> {
          edit.put(FileKeys.totals(), metadata.totals.write());
          edit.set(KnownInode.ROOT, Inode.create(Inode.DIRECTORY | 0755, owner, edit.now()));
          return edit;
        });
    return metadata;
  }

  /// Opens the file system in a store that cannot be changed.
  static Metadata openForReading(VolumeStore store) throws IOException {
    var stored = store.get(FileKeys.totals());
    if (stored.isEmpty()) {
      throw VolumeException.missing("the volume has no files: its creation was interrupted");
    }
    return existing(store, InstantSource.system(), stored.get());
  }

  private static Metadata existing(VolumeStore store, InstantSource clock, byte[] stored)
      throws IOException {
    var metadata = new Metadata(store, clock, Totals.read(stored));
    if (!metadata.require(KnownInode.ROOT).isDirectory()) {
      throw VolumeException.damaged("inode 1", "the root is no directory");
    }
    return metadata;
  }

  VolumeStore store() {
    return store;
  }

  Totals totals() {
    return totals;
  }

  long now() {
    return Times.of(clock.instant());
  }

  Optional<Inode> find(long number) throws IOException {
    var value = store.get(FileKeys.inode(number));
    return value.isEmpty() ? Optional.empty() : Optional.of(Inode.read(number, value.get()));
  }

  /// @throws FileError NO_ENTRY if there is none
  Inode require(long number) throws IOException {
    return find(number).orElseThrow(() -> new FileError(Reason.NO_ENTRY));
  }

  /// Runs `operation` and applies what it changes: all of it, or nothing if it throws.
  <T> T edit(Operation<T> operation) throws IOException {
    lock.lock();
    try {
      var edit = new Edit(this, totals, now());
      var result = operation.in(edit);
      if (!edit.isEmpty()) {
        store.apply(edit.finish());
        totals = edit.totals();
      }
      return result;
    } finally {
      lock.unlock();
    }
  }

  /// @throws FileError NO_SPACE if the volume has no room for another name
  void requireSpace() throws IOException {
    if (store.space().free() < RESERVE_BYTES) {
      throw new FileError(Reason.NO_SPACE);
    }
  }
}
