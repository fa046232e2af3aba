package dev.testudo.volume.store;

import dev.testudo.volume.format.MountKeys;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Ciphertexts that have a slot and are not written to it yet. Any thread.
///
/// They wait until there are many, so that they are written together, or until a commit takes them
/// inline. An inline one stays, because reading it from the journal would be slow, and is written
/// some time before the next checkpoint.
final class PendingSlots {
  /// How many bytes are written with one call at most.
  private static final int MOST_AT_ONCE = 512 << 10;

  private static final int MOST_BUFFERS = 512;

  private static final int MOST_BATCHES = 2;

  private final int chunkSize;
  private final Map<Long, Pending> pending = new HashMap<>();
  private final Deque<byte[]> buffers = new ArrayDeque<>();
  private final Deque<byte[]> batches = new ArrayDeque<>();
  private final Set<VolumeSegment> unsynced = new LinkedHashSet<>();
  private List<Pending> added = new ArrayList<>();
  private int waiting;
  private int inline;
  private int writers;

  /// Whether a writer has failed, so that ciphertexts wait again that a commit may need.
  private boolean failed;

  private enum State {
    WAITING,
    WRITING,
    INLINE,
    DROPPED
  }

  /// A ciphertext.
  private static final class Pending {
    private final VolumeSegment segment;
    private final int slot;
    private final byte[] ciphertext;
    private State state;

    Pending(VolumeSegment segment, int slot, byte[] ciphertext, State state) {
      this.segment = segment;
      this.slot = slot;
      this.ciphertext = ciphertext;
      this.state = state;
    }
  }

  PendingSlots(int chunkSize) {
    this.chunkSize = chunkSize;
  }

  /// Returns a buffer for a ciphertext and its tag.
  synchronized byte[] buffer() {
    var buffer = buffers.poll();
    return buffer != null ? buffer : new byte[MountKeys.bufferBytes(chunkSize)];
  }

  private void recycle(byte[] buffer) {
    if (buffers.size() < MOST_BUFFERS) {
      buffers.push(buffer);
    }
  }

  /// Adds a ciphertext, and takes over its buffer. Returns how many wait.
  synchronized int add(VolumeSegment segment, int slot, byte[] ciphertext) {
    var one = new Pending(segment, slot, ciphertext, State.WAITING);
    put(one);
    added.add(one);
    return ++waiting;
  }

  /// Adds a ciphertext that a commit has inline.
  synchronized void addInline(VolumeSegment segment, int slot, byte[] ciphertext) {
    drop(SlotPointer.place(segment.id(), slot));
    put(new Pending(segment, slot, ciphertext, State.INLINE));
    inline++;
  }

  private void put(Pending one) {
    pending.put(SlotPointer.place(one.segment.id(), one.slot), one);
  }

  /// Copies the ciphertext of a slot, if it is here.
  synchronized boolean copy(long place, byte[] into) {
    var one = pending.get(place);
    if (one == null) {
      return false;
    }
    System.arraycopy(one.ciphertext, 0, into, 0, chunkSize);
    return true;
  }

  /// Returns whether the ciphertext of a slot is here.
  synchronized boolean contains(long place) {
    return pending.containsKey(place);
  }

  /// Forgets the ciphertext of a slot that nothing names any more.
  synchronized void drop(long place) {
    var one = pending.remove(place);
    if (one != null) {
      switch (one.state) {
        case WAITING -> {
          waiting--;
          one.state = State.DROPPED;
        }
        case INLINE -> inline--;
        case WRITING, DROPPED -> {
          return; // its writer still needs the buffer
        }
      }
      recycle(one.ciphertext);
    }
  }

  /// Returns how many bytes of inline ciphertexts are here.
  synchronized long inlineBytes() {
    return (long) inline * chunkSize;
  }

  /// Returns how many bytes of ciphertexts are here.
  synchronized long bytes() {
    return (long) pending.size() * chunkSize;
  }

  /// Puts all that wait into a commit, if they have at most `most` bytes together. Otherwise it
  /// returns false.
  synchronized boolean takeInline(CommitBody into, int most) {
    if ((long) waiting * chunkSize > most) {
      return false;
    }
    for (var one : takeWaiting()) {
      into.inline(one.segment.id(), one.slot, one.ciphertext);
      one.state = State.INLINE;
      inline++;
    }
    waiting = 0;
    return true;
  }

  private List<Pending> takeWaiting() {
    var taken = added;
    added = new ArrayList<>();
    taken.removeIf(one -> one.state != State.WAITING);
    return taken;
  }

  private List<Pending> inline() {
    return pending.values().stream().filter(one -> one.state == State.INLINE).toList();
  }

  /// Writes all that wait to their slots.
  void writeWaiting(Backing backing) throws IOException {
    write(backing, State.WAITING);
  }

  /// The same, if they have more than `most` bytes together.
  void writeIfMore(Backing backing, int most) throws IOException {
    boolean more;
    synchronized (this) {
      more = (long) waiting * chunkSize > most;
    }
    if (more) {
      writeWaiting(backing);
    }
  }

  /// Writes those to their slots that commits have inline.
  void writeInline(Backing backing) throws IOException {
    write(backing, State.INLINE);
  }

  /// Writes everything to its slot, also what others have begun to write.
  void writeAll(Backing backing) throws IOException {
    write(backing, State.INLINE);
    write(backing, State.WAITING);
    settle(backing);
  }

  /// Returns when everything that waited before the call is written to its slot or taken inline,
  /// also what others have begun to write. If one of them fails, this thread writes it.
  void settle(Backing backing) throws IOException {
    while (awaitWriters()) {
      write(backing, State.WAITING);
    }
  }

  /// Waits until nobody writes. Returns whether a writer has failed since the last call.
  private synchronized boolean awaitWriters() {
    boolean interrupted = false;
    while (writers > 0) {
      try {
        wait();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    boolean again = failed;
    failed = false;
    return again;
  }

  private void write(Backing backing, State from) throws IOException {
    List<Pending> taken;
    synchronized (this) {
      taken = from == State.WAITING ? takeWaiting() : new ArrayList<>(inline());
      for (var one : taken) {
        one.state = State.WRITING;
      }
      waiting = from == State.WAITING ? 0 : waiting;
      inline = from == State.INLINE ? 0 : inline;
      writers++;
    }
    boolean done = false;
    try {
      taken.sort(
          Comparator.<Pending>comparingInt(one -> one.segment.id())
              .thenComparingInt(one -> one.slot));
      writeSorted(backing, taken);
      done = true;
    } finally {
      finish(taken, done ? null : from);
    }
  }

  /// @param again the state that the ciphertexts have again; null if they are written
  private synchronized void finish(List<Pending> taken, @Nullable State again) {
    for (var one : taken) {
      long place = SlotPointer.place(one.segment.id(), one.slot);
      boolean current = pending.get(place) == one;
      if (again != null && current) {
        one.state = again;
        if (again == State.WAITING) {
          added.add(one);
        }
        waiting += again == State.WAITING ? 1 : 0;
        inline += again == State.INLINE ? 1 : 0;
      } else {
        if (current) {
          pending.remove(place);
        }
        recycle(one.ciphertext);
      }
    }
    failed |= again != null;
    writers--;
    notifyAll();
  }

  private synchronized void wrote(VolumeSegment segment) {
    unsynced.add(segment);
  }

  /// Returns the segments that were written since the last call. The caller syncs them.
  synchronized List<VolumeSegment> takeUnsynced() {
    var taken = List.copyOf(unsynced);
    unsynced.clear();
    return taken;
  }

  private void writeSorted(Backing backing, List<Pending> taken) throws IOException {
    var together = batch();
    try {
      writeSorted(backing, taken, together);
    } finally {
      recycleBatch(together);
    }
  }

  /// Returns memory for what is written with one call. New memory each time would make the heap
  /// grow: large arrays that are in use during a collection become old at once.
  private synchronized byte[] batch() {
    var batch = batches.poll();
    return batch != null ? batch : new byte[MOST_AT_ONCE];
  }

  private synchronized void recycleBatch(byte[] batch) {
    if (batches.size() < MOST_BATCHES) {
      batches.push(batch);
    }
  }

  private void writeSorted(Backing backing, List<Pending> taken, byte[] together)
      throws IOException {
    int from = 0;
    while (from < taken.size()) {
      int to = from;
      var first = taken.get(from);
      int length = 0;
      while (to < taken.size()
          && length + chunkSize <= together.length
          && taken.get(to).segment == first.segment
          && taken.get(to).slot == first.slot + to - from) {
        System.arraycopy(taken.get(to).ciphertext, 0, together, length, chunkSize);
        length += chunkSize;
        to++;
      }
      long position = (long) first.slot * chunkSize;
      first.segment.file(backing).write(position, together, 0, length);
      wrote(first.segment);
      from = to;
    }
  }

  /// Forgets those that commits have inline.
  synchronized void dropInline() {
    inline().forEach(one -> pending.values().remove(one));
    inline = 0;
  }
}
