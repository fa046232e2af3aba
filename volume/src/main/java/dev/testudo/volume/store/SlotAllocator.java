package dev.testudo.volume.store;

import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Finds slots for chunks, in segments of this mount only. Any thread.
///
/// Some space is reserved: chunks of files do not get it, so that a full volume can still be
/// changed, and so emptied.
final class SlotAllocator {
  /// How many segments are reserved.
  private static final int RESERVED_SEGMENTS = 2;

  /// The part of a small volume that is reserved.
  private static final int RESERVED_PART = 16;

  private final Backing backing;
  private final SegmentTable segments;
  private final VolumeMount own;
  private final VolumeHeader header;
  private final StoreTuning tuning;
  private final OptionalLong limit;
  private final Map<Integer, Own> owned = new HashMap<>();
  private List<VolumeSegment> created = new ArrayList<>();
  private @Nullable Own current;
  private int nextNumber;
  private long used;
  private long freeSlots;

  /// What is known about a segment of this mount.
  private static final class Own {
    private final VolumeSegment segment;
    private final BackingFile file;
    private final BitSet free = new BitSet();
    private int next = 1;
    private int grown;
    private int taken;

    Own(VolumeSegment segment, BackingFile file) {
      this.segment = segment;
      this.file = file;
    }
  }

  /// A slot that nobody else has.
  record Slot(VolumeSegment segment, int number) {}

  SlotAllocator(
      Backing backing,
      SegmentTable segments,
      VolumeMount own,
      VolumeHeader header,
      VolumeOptions options) {
    this.backing = backing;
    this.segments = segments;
    this.own = own;
    this.header = header;
    this.tuning = options.tuning();
    this.limit = options.sizeLimit();
  }

  /// Tells how many slots have content when the volume is opened.
  synchronized void begin(long live) {
    used = live;
  }

  /// Takes a slot.
  ///
  /// @param reserved whether reserved space may be used
  synchronized Slot take(boolean reserved) throws IOException {
    if (!reserved && limit.isPresent() && used >= usable(limit.getAsLong())) {
      throw new NoSpaceException(
          "the volume has the %d bytes that its limit allows".formatted(limit.getAsLong()));
    }
    var from = current;
    if (freeSlots > 0) {
      from = owned.values().stream().filter(one -> !one.free.isEmpty()).findFirst().orElse(from);
    } else if (from == null || from.next == slotsPerSegment()) {
      from = create(reserved);
    } else if (from.next >= from.grown) {
      grow(from, reserved);
    }
    if (from == null) {
      throw new IllegalStateException("there is no segment");
    }
    used++;
    from.taken++;
    return new Slot(from.segment, slot(from));
  }

  private int slot(Own from) {
    int free = from.free.nextSetBit(0);
    if (free >= 0) {
      from.free.clear(free);
      freeSlots--;
      return free;
    }
    return from.next++;
  }

  private int slotsPerSegment() {
    return tuning.slots(header.chunkSize());
  }

  private Own create(boolean reserved) throws IOException {
    requireReserve(reserved);
    var segment = segments.create(own, nextNumber++);
    BackingFile file;
    try {
      file = backing.create(segment.name());
    } catch (IOException e) {
      segments.remove(List.of(segment));
      throw e;
    }
    segment.created(file);
    var one = new Own(segment, file);
    try {
      grow(one, reserved);
      var head = own.head(FileHead.Type.SEGMENT, header.id(), segment.number()).write();
      file.write(0, Arrays.copyOf(head, header.chunkSize()), 0, header.chunkSize());
      backing.syncNames();
    } catch (IOException e) {
      segments.remove(List.of(segment));
      backing.delete(segment.name());
      throw e;
    }
    owned.put(segment.id(), one);
    created.add(segment);
    current = one;
    return one;
  }

  private void grow(Own segment, boolean reserved) throws IOException {
    requireReserve(reserved);
    int step = Math.max(1, tuning.growthBytes() / header.chunkSize());
    int to = Math.min(slotsPerSegment(), segment.grown + step);
    long from = (long) segment.grown * header.chunkSize();
    segment.file.allocate(from, (long) to * header.chunkSize() - from);
    segment.grown = to;
  }

  private void requireReserve(boolean reserved) throws IOException {
    if (!reserved && backing.free() < tuning.growthBytes() + reserve(backing.total())) {
      throw new NoSpaceException("the backing store of the volume is full");
    }
  }

  private long reserve(long total) {
    return Math.min((long) RESERVED_SEGMENTS * tuning.segmentBytes(), total / RESERVED_PART);
  }

  /// Returns how many slots chunks of files may have with this limit.
  private long usable(long bytes) {
    return (bytes - reserve(bytes)) / header.chunkSize();
  }

  /// A slot has no content any more that the newest state names.
  synchronized void freed(int count) {
    used -= count;
  }

  /// A slot may be used again. Those of other mounts are given back to the disk.
  synchronized boolean release(long place) {
    var segment = owned.get((int) (place >>> Integer.SIZE));
    if (segment == null) {
      return false;
    }
    segment.taken--;
    segment.free.set((int) place);
    freeSlots++;
    return true;
  }

  /// Returns the segments that were created since the last call.
  synchronized List<VolumeSegment> takeCreated() {
    var taken = created;
    created = new ArrayList<>();
    return taken;
  }

  /// Gives up a segment without content. Returns false if one of its slots is in use, or will be.
  synchronized boolean giveUp(VolumeSegment segment) {
    var one = owned.get(segment.id());
    if (one == null) {
      return true;
    }
    if (one == current || one.taken > 0) {
      return false;
    }
    owned.remove(segment.id());
    freeSlots -= one.free.cardinality();
    return true;
  }

  /// Returns how many bytes of chunks there may be, and how many more.
  synchronized VolumeSpace space() throws IOException {
    long chunk = header.chunkSize();
    long inSegments = current == null ? 0 : (long) (current.grown - current.next) * chunk;
    long free =
        Math.max(0, backing.free() - reserve(backing.total()) - tuning.growthBytes())
            + freeSlots * chunk
            + Math.max(0, inSegments);
    long total = used * chunk + free;
    if (limit.isPresent()) {
      total = Math.min(total, usable(limit.getAsLong()) * chunk);
      free = Math.clamp(total - used * chunk, 0, free);
    }
    return new VolumeSpace(total, free);
  }

  /// Returns whether files can get no further chunk.
  synchronized boolean isFull() throws IOException {
    return space().free() < header.chunkSize();
  }

  /// Returns how many slots have content, or will have.
  synchronized long used() {
    return used;
  }
}
