package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.MountKeys;
import java.io.IOException;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Reads and verifies chunks. Any thread.
final class SlotReader {
  /// How many places are remembered, so that each is reported once.
  private static final int MOST_REPORTED = 10_000;

  private final Backing backing;
  private final SegmentTable segments;
  private final PendingSlots pending;
  private final DamageListener listener;
  private final int chunkSize;
  private final Queue<byte[]> buffers = new ConcurrentLinkedQueue<>();
  private final Set<String> reported = ConcurrentHashMap.newKeySet();
  private final AtomicLong damages = new AtomicLong();

  SlotReader(
      Backing backing,
      SegmentTable segments,
      PendingSlots pending,
      int chunkSize,
      DamageListener listener) {
    this.backing = backing;
    this.segments = segments;
    this.pending = pending;
    this.chunkSize = chunkSize;
    this.listener = listener;
  }

  /// Reads a chunk to `into`, from `offset` on. Returns false if the slot has another content than
  /// the pointer says.
  ///
  /// @throws VolumeException if the pointer names no slot, or the segment is missing
  boolean read(ChunkKind kind, SlotPointer pointer, byte[] into, int offset) throws IOException {
    var segment = segments.find(pointer.segment());
    if (segment == null || !segments.isSlot(pointer)) {
      throw segments.damaged(pointer, "a pointer names no chunk");
    }
    var idle = buffers.poll();
    var both = idle != null ? idle : new byte[MountKeys.bufferBytes(chunkSize)];
    try {
      boolean whole = pending.copy(pointer.place(), both) || fill(segment, pointer, both);
      return whole && segment.mount().keys().open(kind, pointer.proof(), both, into, offset);
    } finally {
      buffers.add(both);
    }
  }

  /// Returns whether the slot itself has the chunk of a pointer, whatever is in memory.
  boolean isWritten(ChunkKind kind, SlotPointer pointer, byte[] scratch) throws IOException {
    var segment = segments.find(pointer.segment());
    var both = new byte[MountKeys.bufferBytes(chunkSize)];
    try {
      return segment != null
          && fill(segment, pointer, both)
          && segment.mount().keys().open(kind, pointer.proof(), both, scratch, 0);
    } catch (VolumeException _) {
      return false; // there is no such file
    }
  }

  private boolean fill(VolumeSegment segment, SlotPointer pointer, byte[] both) throws IOException {
    long position = (long) pointer.slot() * chunkSize;
    return segment.read(backing, position, both, chunkSize) == chunkSize;
  }

  /// Reads a chunk that nothing can have replaced meanwhile.
  ///
  /// @throws VolumeException if it is not what the pointer says
  void readExactly(ChunkKind kind, SlotPointer pointer, byte[] into) throws IOException {
    boolean valid;
    try {
      valid = read(kind, pointer, into, 0);
    } catch (VolumeException e) {
      throw report(e);
    }
    if (!valid) {
      throw changed(pointer);
    }
  }

  /// Returns the exception that says that a chunk has changed, and reports it.
  VolumeException changed(SlotPointer pointer) {
    return report(segments.damaged(pointer, "the chunk is not what was written"));
  }

  /// Counts damage, and reports a place that has not been reported.
  VolumeException report(VolumeException damage) {
    damages.incrementAndGet();
    if (reported.size() < MOST_REPORTED && reported.add(String.valueOf(damage.getMessage()))) {
      listener.damaged(damage);
    }
    return damage;
  }

  /// Returns how many checks have failed.
  long damages() {
    return damages.get();
  }
}
