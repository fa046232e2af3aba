package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The state of a volume: its tree, and which chunk each inode has where. For one thread at a time,
/// except for the reader.
final class VolumeState implements VolumeTree.Nodes {
  /// How many pointers are in one entry of the tree.
  static final int RUN = 16;

  /// For how many inodes the number of chunks is known.
  private static final int MOST_COUNTS = 4096;

  private static final int RUN_KEY_BYTES = 2 * Long.BYTES + 1;

  private final VolumeShape shape;
  private final SegmentTable segments;
  private final SlotReader reader;
  private final byte[] scratch;
  private final VolumeTree tree;
  private final Map<Long, Long> counts = new LeastRecent<>(MOST_COUNTS);
  private List<SlotPointer> replacedNodes = new ArrayList<>();
  private FreedChunks freed = _ -> {};

  /// Learns which chunks nothing names any more.
  @FunctionalInterface
  interface FreedChunks {
    void freed(SlotPointer pointer);
  }

  private VolumeState(
      VolumeShape shape,
      SegmentTable segments,
      SlotReader reader,
      int cacheBytes,
      Optional<CheckpointBody> from) {
    this.shape = shape;
    this.segments = segments;
    this.reader = reader;
    this.scratch = new byte[shape.chunkSize()];
    int most = Math.max(8, cacheBytes / shape.chunkSize());
    this.tree =
        from.map(c -> new VolumeTree(this, shape, most, c.root(), c.height()))
            .orElseGet(() -> new VolumeTree(this, shape, most));
  }

  /// The state of an empty volume.
  static VolumeState empty(
      VolumeShape shape, SegmentTable segments, SlotReader reader, int cacheBytes) {
    return new VolumeState(shape, segments, reader, cacheBytes, Optional.empty());
  }

  /// The state of a checkpoint.
  static VolumeState of(
      CheckpointBody checkpoint,
      VolumeShape shape,
      SegmentTable segments,
      SlotReader reader,
      int cacheBytes) {
    return new VolumeState(shape, segments, reader, cacheBytes, Optional.of(checkpoint));
  }

  VolumeTree tree() {
    return tree;
  }

  SegmentTable segments() {
    return segments;
  }

  SlotReader reader() {
    return reader;
  }

  VolumeShape shape() {
    return shape;
  }

  void onFreed(FreedChunks listener) {
    freed = listener;
  }

  @Override
  public IndexNode load(SlotPointer pointer, int level) throws IOException {
    reader.readExactly(ChunkKind.NODE, pointer, scratch);
    try {
      return IndexNode.decode(scratch, level, shape.suite());
    } catch (MalformedException e) {
      throw damaged(pointer, e.reason());
    }
  }

  @Override
  public void replaced(SlotPointer pointer) {
    segments.count(pointer, -1);
    replacedNodes.add(pointer);
  }

  @Override
  public VolumeException damaged(SlotPointer pointer, String reason) {
    return reader.report(segments.damaged(pointer, reason));
  }

  /// Returns the slots of nodes that the last checkpoint needs and the next one does not, and
  /// forgets them.
  List<SlotPointer> takeReplacedNodes() {
    var replaced = replacedNodes;
    replacedNodes = new ArrayList<>();
    return replaced;
  }

  byte @Nullable [] get(byte[] key) throws IOException {
    return tree.get(key);
  }

  void put(byte[] key, byte[] value) throws IOException {
    tree.put(key, value);
  }

  void delete(byte[] key) throws IOException {
    tree.delete(key);
  }

  private static byte[] runKey(long inode, long number) {
    return TreeKey.run(inode, number - number % RUN).bytes();
  }

  /// Returns where a chunk is, or null for a hole.
  @Nullable SlotPointer pointer(long inode, long number) throws IOException {
    var run = tree.get(runKey(inode, number));
    return run == null ? null : pointer(run, (int) (number % RUN));
  }

  private @Nullable SlotPointer pointer(byte[] run, int index) throws VolumeException {
    int length = shape.suite().pointerBytes();
    if (run.length % length != 0 || run.length > RUN * length) {
      throw damagedRun("a run of chunks has a wrong length");
    }
    if (index >= run.length / length) {
      return null;
    }
    try {
      return SlotPointer.read(
          ByteBuffer.wrap(run, index * length, length).order(ByteOrder.LITTLE_ENDIAN),
          shape.suite(),
          shape.chunkSize());
    } catch (MalformedException e) {
      throw damagedRun(e.reason());
    }
  }

  private VolumeException damagedRun(String reason) {
    return reader.report(VolumeException.damaged("tree", reason));
  }

  /// Puts a chunk where there is another one, or a hole.
  void chunk(long inode, long number, SlotPointer pointer) throws IOException {
    var key = runKey(inode, number);
    int index = (int) (number % RUN);
    int length = shape.suite().pointerBytes();
    var old = tree.get(key);
    var before = old == null ? null : pointer(old, index);
    var run =
        old == null
            ? new byte[(index + 1) * length]
            : Arrays.copyOf(old, Math.max(old.length, (index + 1) * length));
    pointer.put(
        ByteBuffer.wrap(run, index * length, length).order(ByteOrder.LITTLE_ENDIAN),
        shape.chunkSize());
    tree.put(key, run);
    segments.count(pointer, 1);
    counts.computeIfPresent(inode, (_, count) -> count + (before == null ? 1 : 0));
    if (before != null) {
      free(before);
    }
  }

  private void free(SlotPointer pointer) {
    segments.count(pointer, -1);
    freed.freed(pointer);
  }

  /// Makes chunks holes.
  void drop(long inode, long from, long end) throws IOException {
    long at = from;
    while (at < end) {
      var entry = run(inode, at);
      if (entry.isEmpty()) {
        return;
      }
      long first = first(entry.get());
      if (first >= end) {
        return;
      }
      drop(entry.get(), (int) Math.max(0, at - first), (int) Math.min(RUN, end - first));
      at = first + RUN;
    }
  }

  private void drop(VolumeStore.Entry entry, int from, int to) throws IOException {
    int length = shape.suite().pointerBytes();
    var run = entry.value();
    int count = run.length / length;
    var gone = new ArrayList<SlotPointer>();
    int kept = 0;
    for (int i = 0; i < count; i++) {
      var pointer = pointer(run, i);
      if (pointer != null && i >= from && i < to) {
        gone.add(pointer);
      } else if (pointer != null) {
        kept = i + 1;
      }
    }
    if (kept == 0) {
      tree.delete(entry.key());
    } else if (!gone.isEmpty()) {
      var left = run.clone();
      Arrays.fill(left, from * length, Math.min(to, count) * length, (byte) 0);
      tree.put(entry.key(), Arrays.copyOf(left, kept * length));
    }
    gone.forEach(this::free);
    long inode = ByteBuffer.wrap(entry.key()).getLong();
    counts.computeIfPresent(inode, (_, chunks) -> chunks - gone.size());
  }

  /// Returns how many chunks of an inode are no holes.
  long chunks(long inode) throws IOException {
    var known = counts.get(inode);
    if (known != null) {
      return known;
    }
    long chunks = 0;
    for (var entry = run(inode, 0);
        entry.isPresent();
        entry = run(inode, first(entry.get()) + RUN)) {
      for (int i = 0; i < RUN; i++) {
        chunks += pointer(entry.get().value(), i) == null ? 0 : 1;
      }
    }
    counts.put(inode, chunks);
    return chunks;
  }

  /// Returns the first run of an inode that has the chunk `number` or a later one.
  private Optional<VolumeStore.Entry> run(long inode, long number) throws IOException {
    var entry = tree.ceiling(runKey(inode, number)).filter(found -> isRun(found.key(), inode));
    if (entry.isPresent()) {
      long first = first(entry.get());
      if (first < 0 || first % RUN != 0 || first > Changes.MOST_CHUNKS) {
        throw damagedRun("a run of chunks has an impossible number");
      }
    }
    return entry;
  }

  /// Returns the number of the first chunk of a run.
  ///
  /// @throws VolumeException if no run has such a key
  static long firstOfRun(TreeKey run) throws VolumeException {
    long first = run.rest().length == Long.BYTES ? ByteBuffer.wrap(run.rest()).getLong() : -1;
    if (run.inode() == 0 || first < 0 || first % RUN != 0 || first > Changes.MOST_CHUNKS) {
      throw VolumeException.damaged("tree", "a run of chunks has an impossible number");
    }
    return first;
  }

  private static boolean isRun(byte[] key, long inode) {
    var found = ByteBuffer.wrap(key);
    return key.length == RUN_KEY_BYTES
        && found.getLong() == inode
        && found.get() == TreeKey.Kind.RUN.number();
  }

  private static long first(VolumeStore.Entry run) {
    return ByteBuffer.wrap(run.key()).getLong(Long.BYTES + 1);
  }

  /// Returns the first chunk that is no hole.
  OptionalLong nextChunk(long inode, long number, long end) throws IOException {
    long at = number;
    while (at < end) {
      var entry = run(inode, at);
      if (entry.isEmpty()) {
        return OptionalLong.empty();
      }
      long first = first(entry.get());
      for (long i = Math.max(at, first); i < first + RUN && i < end; i++) {
        if (pointer(entry.get().value(), (int) (i - first)) != null) {
          return OptionalLong.of(i);
        }
      }
      at = first + RUN;
    }
    return OptionalLong.empty();
  }
}
