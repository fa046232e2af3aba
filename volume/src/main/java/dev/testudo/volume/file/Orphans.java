package dev.testudo.volume.file;

import dev.testudo.volume.VolumeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// The inodes without a name. Programs that have opened one go on using it. It is deleted when the
/// kernel has forgotten it, or when the volume is opened the next time.
final class Orphans {
  private final Metadata metadata;
  private final Contents contents;
  private final ExtendedAttributes attributes;
  private final ReferenceCounts references = new ReferenceCounts();
  private final Set<Long> orphans = new HashSet<>();

  Orphans(Metadata metadata, Contents contents, ExtendedAttributes attributes) {
    this.metadata = metadata;
    this.contents = contents;
    this.attributes = attributes;
  }

  /// Deletes those that were in use when the volume was used last.
  void deleteAll() throws IOException {
    var end = FileKeys.afterOrphans();
    var from = FileKeys.firstOrphan();
    int head = from.length;
    while (true) {
      var next = metadata.store().next(from, end);
      if (next.isEmpty()) {
        return;
      }
      var key = next.get().key();
      if (key.length != head + Long.BYTES) {
        throw VolumeException.damaged("inode 2", "an orphan has no number");
      }
      try {
        delete(ByteBuffer.wrap(key).getLong(head));
      } catch (VolumeException _) {
        // Something of it is damaged, which the store has reported. It takes space, and nothing
        // else.
      }
      from = Arrays.copyOf(key, key.length + 1); // the next possible key
    }
  }

  /// The kernel was told about an inode.
  synchronized void refer(long number) {
    references.add(number);
  }

  /// An inode lost its last name.
  void add(long number) throws IOException {
    synchronized (this) {
      if (references.contains(number)) {
        orphans.add(number);
        return;
      }
    }
    delete(number);
  }

  /// A temporary file got a name.
  synchronized void remove(long number) {
    orphans.remove(number);
  }

  /// The kernel has forgotten an inode `count` times.
  void forget(long number, long count) throws IOException {
    synchronized (this) {
      boolean isLast = references.subtract(number, count) && orphans.remove(number);
      if (!isLast) {
        return;
      }
    }
    delete(number);
  }

  private void delete(long number) throws IOException {
    var inode = metadata.find(number);
    if (inode.isPresent() && inode.get().links() > 0) {
      throw VolumeException.damaged("inode " + number, "it has a name and is an orphan");
    }
    if (inode.isPresent() && contents.isLarge(inode.get())) {
      contents.dropMost(number, inode.get());
    }
    metadata.edit(
        edit -> {
          if (inode.isPresent()) {
            Contents.remove(edit, number);
            attributes.removeAll(edit, number);
            edit.delete(FileKeys.parent(number));
            edit.remove(number);
          }
          edit.delete(FileKeys.orphan(number));
          return number;
        });
  }
}
