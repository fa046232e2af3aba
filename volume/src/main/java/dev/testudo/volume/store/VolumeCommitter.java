package dev.testudo.volume.store;

import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.FileHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Writes the journals of a mount: commits, checkpoints, the seal. Any thread; one at a time
/// commits.
///
/// After an error of the disk nothing more is written: what is in a journal then is not known, so
/// no record may follow.
final class VolumeCommitter {
  /// A commit is made when its operations have that many bytes. So many may those of one call have.
  static final int LARGE_BATCH = 4 << 20;

  /// So many bytes may wait for a journal that has no space.
  static final int LARGEST_BATCH = 2 * LARGE_BATCH;

  private final VolumeParts parts;
  private final VolumeOptions options;
  private final RecordCodec codec;
  private final NonceSource nonces;
  private final ReleaseQueue releases;
  private final ReentrantLock stateLock;
  private final ReentrantLock commitLock = new ReentrantLock();
  private final ReentrantLock syncLock = new ReentrantLock();
  private CommitBatch batch;
  private long generation = 1;
  private long committed;
  private @Nullable JournalWriter journal;
  private int journals;
  private volatile VolumePosition position;
  private volatile @Nullable IOException failure;
  private long commits;
  private long checkpoints;

  /// @param after the record that the first one of this mount follows
  VolumeCommitter(
      VolumeParts parts,
      VolumeOptions options,
      RecordCodec codec,
      NonceSource nonces,
      ReentrantLock stateLock,
      VolumePosition after) {
    this.parts = parts;
    this.options = options;
    this.codec = codec;
    this.nonces = nonces;
    this.stateLock = stateLock;
    this.position = after;
    this.batch = new CommitBatch(parts.state().shape());
    this.releases =
        new ReleaseQueue(parts.backing(), parts.segments(), parts.allocator(), parts.chunkSize());
  }

  /// Returns the newest durable record.
  VolumePosition position() {
    return position;
  }

  /// Returns what the next commit will have. Belongs to the lock of the state.
  CommitBatch batch() {
    return batch;
  }

  long commits() {
    return commits;
  }

  long checkpoints() {
    return checkpoints;
  }

  /// Throws if the volume cannot be changed any more.
  void requireHealthy() throws IOException {
    var reason = failure;
    if (reason != null) {
      throw new IOException(
          "the volume cannot be written since an earlier error: " + reason.getMessage(), reason);
    }
  }

  /// Nothing more is written from now on.
  synchronized void fail(IOException reason) {
    if (failure == null) {
      failure = reason;
      options.damage().failed(reason);
    }
  }

  /// The mount begins: a journal with the whole state, and the record that says so.
  ///
  /// @param superfluous files that no state needs any more, once this is acknowledged
  void begin(List<String> superfluous) throws IOException {
    commitLock.lock();
    try {
      var continued = position;
      checkpoint(false);
      var body =
          ByteBuffer.allocate(2 * Long.BYTES + continued.tag().bytes().length)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(parts.own().fence())
              .putLong(continued.sequence())
              .put(continued.tag().bytes());
      append(RecordKind.MOUNT, body.array());
      releases.add(position.sequence(), List.of(), superfluous);
    } catch (IOException e) {
      fail(e);
      throw e;
    } finally {
      commitLock.unlock();
    }
  }

  /// Commits everything that was applied before the call. Returns the number of a record that has
  /// it.
  long commit() throws IOException {
    long wanted = applied();
    commitLock.lock();
    try {
      requireHealthy();
      if (committed < wanted) {
        write(false);
      }
      if (isCheckpointDue()) {
        checkpointIfPossible();
      }
      return position.sequence();
    } finally {
      commitLock.unlock();
    }
  }

  /// Without space for a checkpoint, the journal goes on.
  private void checkpointIfPossible() throws IOException {
    try {
      checkpoint(true);
    } catch (NoSpaceException e) {
      requireHealthy();
    }
  }

  /// Returns the generation of the newest batch that has something.
  private long applied() {
    stateLock.lock();
    try {
      return batch.isEmpty() ? generation - 1 : generation;
    } finally {
      stateLock.unlock();
    }
  }

  /// Releases slots that wait for a record or for CAS. Writes commits for it, even if nothing has
  /// changed. Returns whether some were released.
  boolean release() throws IOException {
    if (releaseKnown()) {
      return true;
    }
    long newest = position.sequence();
    if (!waits() || options.acknowledgements().acknowledged() >= newest) {
      return false;
    }
    options.acknowledgements().awaitRecorded(newest);
    return releaseKnown();
  }

  private boolean waits() {
    commitLock.lock();
    try {
      return releases.slots() > 0;
    } finally {
      commitLock.unlock();
    }
  }

  private boolean releaseKnown() throws IOException {
    commitLock.lock();
    try {
      requireHealthy();
      if (batchHasFreed()) {
        write(true);
      }
      long before = releases.slots();
      if (releases.has(known())) {
        write(true);
      }
      return releases.slots() < before;
    } finally {
      commitLock.unlock();
    }
  }

  private boolean batchHasFreed() {
    stateLock.lock();
    try {
      return !batch.freed().isEmpty();
    } finally {
      stateLock.unlock();
    }
  }

  /// Returns how many bytes a commit may need in its journal besides its operations.
  private int extra() {
    return 4 * options.tuning().inlineBytes();
  }

  private long known() {
    return Math.min(position.sequence(), options.acknowledgements().acknowledged());
  }

  private void write(boolean evenIfEmpty) throws IOException {
    parts.pending().writeIfMore(parts.backing(), options.tuning().inlineBytes());
    CommitBatch taken;
    stateLock.lock();
    try {
      if (batch.isEmpty() && !evenIfEmpty) {
        return;
      }
      journal().reserve(batch.body().length() + extra());
      taken = take();
    } finally {
      stateLock.unlock();
    }
    write(taken);
  }

  private CommitBatch take() {
    var taken = batch;
    taken.setCreated(parts.allocator().takeCreated());
    batch = new CommitBatch(parts.state().shape());
    committed = generation++;
    return taken;
  }

  private void write(CommitBatch taken) throws IOException {
    try {
      var body = new CommitBody(parts.state().shape());
      for (var segment : taken.created()) {
        body.segment(segment.id(), segment.number());
      }
      body.append(taken.body());
      if (!parts.pending().takeInline(body, options.tuning().inlineBytes())) {
        parts.pending().writeWaiting(parts.backing());
      }
      parts.pending().settle(parts.backing());
      long known = known();
      var record = body.record(known);
      journal().reserve(RecordCodec.aligned(record.length, parts.header().suite()));
      append(RecordKind.COMMIT, record);
      commits++;
      releases.add(position.sequence(), taken.freed(), List.of());
      releases.until(known);
      if (parts.pending().inlineBytes() > options.tuning().changedBytes()) {
        parts.pending().writeInline(parts.backing());
      }
    } catch (IOException e) {
      fail(e);
      throw e;
    }
  }

  /// Writes a record, and makes it durable with all chunks that were written before.
  private void append(RecordKind kind, byte[] body) throws IOException {
    var record = codec.seal(kind, position, nonces.draw(), body);
    var to = journal();
    to.append(record.bytes());
    syncSegments();
    to.sync();
    position = record.position();
    options.acknowledgements().durable(position);
  }

  /// Makes durable what was written to segments.
  void syncSegments() throws IOException {
    syncLock.lock(); // whoever comes second waits for what the first one syncs
    try {
      // The kernel tells an error of a write only once. Nothing is durable for sure after it.
      requireHealthy();
      for (var segment : parts.pending().takeUnsynced()) {
        segment.sync();
      }
    } catch (IOException e) {
      fail(e);
      throw e;
    } finally {
      syncLock.unlock();
    }
  }

  private JournalWriter journal() {
    var open = journal;
    if (open == null) {
      throw new IllegalStateException("there is no journal");
    }
    return open;
  }

  private boolean isCheckpointDue() {
    var tuning = options.tuning();
    return journal().length() >= tuning.journalBytes() || changedBytes() >= tuning.changedBytes();
  }

  private long changedBytes() {
    stateLock.lock();
    try {
      return (long) parts.state().tree().changed() * parts.chunkSize();
    } finally {
      stateLock.unlock();
    }
  }

  /// Makes a checkpoint, if something has changed since the last one.
  void checkpoint() throws IOException {
    commitLock.lock();
    try {
      requireHealthy();
      parts.pending().writeIfMore(parts.backing(), options.tuning().inlineBytes());
      if (batch.isEmpty() && changedBytes() == 0 && journal().length() < LARGE_BATCH) {
        return;
      }
      checkpoint(true);
    } finally {
      commitLock.unlock();
    }
  }

  /// @param changes whether there is a batch to commit before it
  private void checkpoint(boolean changes) throws IOException {
    var next = createJournal();
    Stored made;
    try {
      made = store(changes);
    } catch (IOException e) {
      next.close();
      parts.backing().delete(next.name());
      throw e;
    }
    try {
      if (changes && !made.taken.isEmpty()) {
        write(made.taken);
      } else {
        releases.add(position.sequence() + 1, made.taken.freed(), List.of());
      }
      parts.pending().writeAll(parts.backing());
      syncSegments();
      begin(next, made);
    } catch (IOException e) {
      fail(e);
      throw e;
    }
  }

  private JournalWriter createJournal() throws IOException {
    var name = FileHead.Type.JOURNAL.name(parts.own().id(), journals++);
    long length = (long) parts.segments().size() * Long.BYTES * 16 + options.tuning().inlineBytes();
    return JournalWriter.create(parts.backing(), name, options.tuning(), length);
  }

  private void begin(JournalWriter next, Stored made) throws IOException {
    var file = parts.own().head(FileHead.Type.JOURNAL, parts.header().id(), journals - 1);
    next.begin(new JournalHead(file, position));
    var body = made.checkpoint.write(parts.header());
    next.reserve(RecordCodec.aligned(body.length, parts.header().suite()));
    var old = journal;
    journal = next;
    parts.backing().syncNames();
    append(RecordKind.CHECKPOINT, body);
    checkpoints++;
    var files = new ArrayList<>(made.emptied);
    if (old != null) {
      old.close();
      files.add(old.name());
    }
    releases.add(position.sequence(), made.replaced, files);
  }

  /// A state whose nodes have slots.
  ///
  /// @param taken the changes of the state that are in no record yet
  /// @param replaced the slots that only earlier checkpoints need
  /// @param emptied the files of segments that only earlier checkpoints need
  private record Stored(
      CheckpointBody checkpoint, CommitBatch taken, List<Long> replaced, List<String> emptied) {}

  private Stored store(boolean changes) throws IOException {
    stateLock.lock();
    try {
      if (changes) {
        journal().reserve(batch.body().length() + extra());
      }
      var tree = parts.state().tree();
      var slots = slots(tree.changed());
      var root = tree.store(node -> store(node, slots.remove()));
      var replaced = parts.state().takeReplacedNodes().stream().map(SlotPointer::place).toList();
      parts.allocator().freed(replaced.size());
      var empty =
          parts.segments().all().stream()
              .filter(one -> one.live() == 0 && parts.allocator().giveUp(one))
              .toList();
      parts.segments().remove(empty);
      var taken = take();
      var checkpoint = parts.segments().checkpoint(tree.height(), root, parts.own());
      var emptied = empty.stream().map(VolumeSegment::name).toList();
      return new Stored(checkpoint, taken, replaced, emptied);
    } finally {
      stateLock.unlock();
    }
  }

  /// Takes slots for nodes, or none of them if there are too few.
  private Deque<SlotAllocator.Slot> slots(int count) throws IOException {
    var slots = new ArrayDeque<SlotAllocator.Slot>();
    try {
      while (slots.size() < count) {
        slots.add(parts.allocator().take(true));
      }
      return slots;
    } catch (IOException e) {
      for (var slot : slots) {
        parts.allocator().freed(1);
        parts.allocator().release(SlotPointer.place(slot.segment().id(), slot.number()));
      }
      throw e;
    }
  }

  private SlotPointer store(IndexNode node, SlotAllocator.Slot slot) {
    var text = new byte[parts.chunkSize()];
    node.encode(text, parts.header().suite());
    var buffer = parts.pending().buffer();
    var proof =
        parts.own().keys().seal(ChunkKind.NODE, nonces.next(ChunkKind.NODE), text, 0, buffer);
    parts.pending().add(slot.segment(), slot.number(), buffer);
    var pointer = new SlotPointer(slot.segment().id(), slot.number(), proof);
    parts.segments().count(pointer, 1);
    return pointer;
  }

  /// Ends the mount cleanly.
  void seal() throws IOException {
    commit();
    checkpoint();
    commitLock.lock();
    try {
      journal().reserve(extra());
      append(RecordKind.SEAL, new byte[0]);
      releases.until(known());
    } catch (IOException e) {
      fail(e);
      throw e;
    } finally {
      commitLock.unlock();
    }
  }

  void close() throws IOException {
    codec.close();
    var open = journal;
    if (open != null) {
      open.close();
    }
  }
}
