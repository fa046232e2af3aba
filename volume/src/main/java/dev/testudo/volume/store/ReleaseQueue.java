package dev.testudo.volume.store;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/// What records have made superfluous: slots and files. It is kept until no state that the volume
/// can be opened in needs it. For one thread at a time.
final class ReleaseQueue {
  private final Backing backing;
  private final SegmentTable segments;
  private final SlotAllocator allocator;
  private final int chunkSize;
  private final Deque<Release> queue = new ArrayDeque<>();
  private long slots;

  /// What the record with this sequence number has made superfluous.
  private record Release(long sequence, List<Long> places, List<String> files) {}

  ReleaseQueue(Backing backing, SegmentTable segments, SlotAllocator allocator, int chunkSize) {
    this.backing = backing;
    this.segments = segments;
    this.allocator = allocator;
    this.chunkSize = chunkSize;
  }

  void add(long sequence, List<Long> places, List<String> files) {
    if (!places.isEmpty() || !files.isEmpty()) {
      queue.add(new Release(sequence, places, files));
      slots += places.size();
    }
  }

  /// Returns how many slots wait.
  long slots() {
    return slots;
  }

  /// Returns whether something could be released.
  boolean has(long known) {
    return !queue.isEmpty() && queue.getFirst().sequence <= known;
  }

  /// Releases what records up to this one have made superfluous. A durable record must say that
  /// they are known.
  void until(long known) throws IOException {
    while (has(known)) {
      var release = queue.removeFirst();
      slots -= release.places.size();
      var others = new ArrayList<Long>();
      for (long place : release.places) {
        if (!allocator.release(place)) {
          others.add(place);
        }
      }
      punch(others);
      for (var name : release.files) {
        backing.delete(name);
      }
    }
  }

  /// Gives slots of other mounts back to the disk, neighbours together.
  private void punch(List<Long> places) throws IOException {
    Collections.sort(places);
    int from = 0;
    while (from < places.size()) {
      int to = from + 1;
      while (to < places.size() && places.get(to) == places.get(to - 1) + 1) {
        to++;
      }
      long place = places.get(from);
      var segment = segments.find((int) (place >>> Integer.SIZE));
      if (segment != null) {
        long position = (place & 0xffffffffL) * chunkSize;
        segment.file(backing).punch(position, (long) (to - from) * chunkSize);
      }
      from = to;
    }
  }
}
