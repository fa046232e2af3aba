package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/// Copies what earlier mounts have left in segments that are nearly empty, so that their files can
/// be removed. For one thread at a time.
final class SegmentCompactor {
  /// A segment with less than one in so many slots in use is copied.
  private static final int SPARSE = 4;

  /// So many segments are copied together: a pass reads the whole tree.
  private static final int FEWEST = 8;

  /// How many entries are looked at under the lock.
  private static final int AT_ONCE = 64;

  private final VolumeParts parts;
  private final WritableVolume volume;
  private final ReentrantLock lock;
  private final int slots;

  /// A chunk in a segment that is to be emptied.
  private record Found(long inode, long number, SlotPointer pointer) {}

  /// @param lock that of the state
  /// @param slots how many slots a segment can have
  SegmentCompactor(VolumeParts parts, WritableVolume volume, ReentrantLock lock, int slots) {
    this.parts = parts;
    this.volume = volume;
    this.lock = lock;
    this.slots = slots;
  }

  /// Copies what is in sparse segments, if there are enough of them. Damage is left where it is.
  ///
  /// @throws NoSpaceException if there is no space for copies
  void run() throws IOException {
    var sparse = sparse();
    if (sparse.size() < FEWEST) {
      return;
    }
    byte[] from = {};
    while (from.length < TreeKey.LONGEST + 1) {
      var found = new ArrayList<Found>();
      from = look(from, sparse, found);
      for (var chunk : found) {
        copy(chunk);
      }
      volume.commitLarge();
    }
  }

  private Set<Integer> sparse() {
    lock.lock();
    try {
      return parts.segments().all().stream()
          .filter(one -> !one.mount().name().equals(parts.own().name()))
          .filter(one -> one.live() > 0 && one.live() < slots / SPARSE)
          .map(VolumeSegment::id)
          .collect(Collectors.toSet());
    } finally {
      lock.unlock();
    }
  }

  /// Looks at some entries. Returns the key to go on with; one that is too long at the end.
  private byte[] look(byte[] from, Set<Integer> sparse, List<Found> found) throws IOException {
    lock.lock();
    try {
      var next = from;
      for (int i = 0; i < AT_ONCE; i++) {
        var entry = parts.state().tree().ceiling(next);
        if (entry.isEmpty()) {
          return new byte[TreeKey.LONGEST + 1];
        }
        var key = entry.get().key();
        parts.state().tree().leave(pointer -> sparse.contains(pointer.segment()), key);
        if (key.length == 2 * Long.BYTES + 1 && key[Long.BYTES] == TreeKey.Kind.RUN.number()) {
          lookAtRun(key, sparse, found);
        }
        next = Arrays.copyOf(key, key.length + 1);
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void lookAtRun(byte[] key, Set<Integer> sparse, List<Found> found) throws IOException {
    long inode = ByteBuffer.wrap(key).getLong();
    long first = ByteBuffer.wrap(key).getLong(Long.BYTES + 1);
    for (long number = first; number < first + VolumeState.RUN; number++) {
      var pointer = parts.state().pointer(inode, number);
      if (pointer != null && sparse.contains(pointer.segment())) {
        found.add(new Found(inode, number, pointer));
      }
    }
  }

  private void copy(Found chunk) throws IOException {
    var content = new byte[parts.chunkSize()];
    try {
      if (!parts.state().reader().read(ChunkKind.DATA, chunk.pointer, content, 0)) {
        return; // it was replaced, or whoever reads it is told
      }
    } catch (VolumeException _) {
      return;
    }
    var copy = volume.write(content, 0);
    lock.lock();
    try {
      var now = parts.state().pointer(chunk.inode, chunk.number);
      if (now != null && now.isSame(chunk.pointer)) {
        volume.change(new Changes().chunk(chunk.inode, chunk.number, copy).list());
        return;
      }
    } finally {
      lock.unlock();
    }
    volume.discard(copy);
  }
}
