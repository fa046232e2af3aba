package dev.testudo.volume.store;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.ChunkKind;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A volume that is open for writing.
///
/// A chunk is encrypted by the thread that writes it, and waits in memory until there are many, or
/// until a commit takes it. The tree changes in memory only; a commit has the changes, and a
/// checkpoint the tree. docs/formats/volume.md specifies what is written.
public final class WritableVolume extends OpenedVolume {
  private final VolumeParts parts;
  private final VolumeOptions options;
  private final NonceSource nonces;
  private final VolumeCommitter committer;
  private final VolumePosition continued;
  private final @Nullable VolumeBackground background;
  private boolean closed;

  WritableVolume(
      VolumeParts parts,
      VolumeOptions options,
      NonceSource nonces,
      VolumeCommitter committer,
      ReentrantLock lock,
      VolumePosition continued) {
    super(parts.state(), lock);
    this.parts = parts;
    this.options = options;
    this.nonces = nonces;
    this.committer = committer;
    this.continued = continued;
    parts
        .state()
        .onFreed(
            pointer -> {
              parts.pending().drop(pointer.place());
              parts.allocator().freed(1);
              committer.batch().free(pointer.place());
            });
    this.background = options.tuning().background() ? new VolumeBackground(committer) : null;
  }

  /// Opens a volume for writing, or creates it.
  ///
  /// The state is that which `expected` says, or a later one of the same history. This mount's
  /// first record is durable then; the caller makes CAS know its [#position] before it serves.
  ///
  /// @param backing the volume closes it
  /// @param key 32 bytes; the caller keeps and wipes it
  /// @param forNew the shape of a volume that is created
  /// @throws VolumeException if the volume must not be used; its kind says why. Nothing has changed
  @SuppressWarnings("MustBeClosedChecker") // the caller closes it
  public static WritableVolume open(
      Backing backing, Secret key, Expected expected, VolumeShape forNew, VolumeOptions options)
      throws IOException {
    var volume = VolumeOpener.open(backing, key, expected, forNew, options);
    if (volume.background != null) {
      volume.background.start(volume::compact);
    }
    return volume;
  }

  /// Returns the newest durable record of the volume.
  public VolumePosition position() {
    return committer.position();
  }

  /// Returns the record that this mount continues; sequence number 0 if it has created the volume.
  public VolumePosition continued() {
    return continued;
  }

  /// Returns what the volume has done and has.
  public VolumeStatistics statistics() {
    lock.lock();
    try {
      var tree = parts.state().tree();
      long nodes = (long) (tree.changed() + tree.cached()) * parts.chunkSize();
      return new VolumeStatistics(
          committer.commits(),
          committer.checkpoints(),
          parts.state().reader().damages(),
          parts.segments().size(),
          parts.allocator().used(),
          nodes + parts.pending().bytes());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean read(long inode, long number, byte[] into, int offset) throws IOException {
    SlotPointer before = null;
    while (true) {
      var pointer = pointer(inode, number);
      if (pointer == null) {
        return false;
      }
      boolean again = before != null && before.isSame(pointer);
      try {
        if (parts.state().reader().read(ChunkKind.DATA, pointer, into, offset)) {
          return true;
        }
        if (again) {
          throw parts.state().reader().changed(pointer);
        }
      } catch (VolumeException | ClosedChannelException e) {
        // The chunk may have been replaced, and its segment removed.
        if (again) {
          throw e instanceof VolumeException damage ? parts.state().reader().report(damage) : e;
        }
      }
      before = pointer;
    }
  }

  @Override
  public StoredChunk write(byte[] from, int offset) throws IOException {
    requireWritable();
    var slot = slot();
    var ciphertext = parts.pending().buffer();
    var nonce = nonces.next(ChunkKind.DATA);
    var proof = parts.own().keys().seal(ChunkKind.DATA, nonce, from, offset, ciphertext);
    int waiting = parts.pending().add(slot.segment(), slot.number(), ciphertext);
    if ((long) waiting * parts.chunkSize() >= options.tuning().togetherBytes()) {
      writeWaiting();
    }
    return new WrittenChunk(new SlotPointer(slot.segment().id(), slot.number(), proof));
  }

  private void writeWaiting() throws IOException {
    try {
      parts.pending().writeWaiting(parts.backing());
    } catch (NoSpaceException _) {
      // They wait on; the next commit tries again.
    } catch (IOException e) {
      committer.fail(e);
      throw e;
    }
    if (background != null) {
      background.written(options.tuning().togetherBytes());
    }
  }

  private SlotAllocator.Slot slot() throws IOException {
    try {
      return parts.allocator().take(false);
    } catch (NoSpaceException e) {
      // Slots may wait for a record that says that nobody needs them.
      if (committer.release()) {
        return parts.allocator().take(false);
      }
      throw e;
    }
  }

  private void requireWritable() throws IOException {
    committer.requireHealthy();
    options.acknowledgements().requireWritable();
  }

  @Override
  public void discard(StoredChunk chunk) {
    long place = written(chunk).pointer().place();
    lock.lock();
    try {
      parts.pending().drop(place);
      parts.allocator().freed(1);
      committer.batch().free(place);
    } finally {
      lock.unlock();
    }
  }

  private static WrittenChunk written(StoredChunk chunk) {
    if (chunk instanceof WrittenChunk written) {
      return written;
    }
    throw new IllegalArgumentException("a chunk of another store");
  }

  @Override
  public void apply(Changes changes) throws IOException {
    requireWritable();
    lock.lock();
    try {
      var list = changes.list();
      requireSpace(list);
      prepare(list);
      change(list);
    } finally {
      lock.unlock();
    }
    commitLarge();
  }

  private boolean isLarge() {
    lock.lock();
    try {
      long changed = (long) parts.state().tree().changed() * parts.chunkSize();
      return changed >= options.tuning().changedBytes()
          || committer.batch().body().length() >= VolumeCommitter.LARGE_BATCH;
    } finally {
      lock.unlock();
    }
  }

  /// Commits if much has changed. What fails is told by the next commit.
  void commitLarge() throws IOException {
    try {
      if (isLarge()) {
        committer.commit();
      }
    } catch (NoSpaceException _) {
      // There is no space for a checkpoint; the journal still has all changes.
    }
  }

  /// On a full volume, entries may shrink only.
  private void requireSpace(Iterable<Changes.Change> list) throws IOException {
    long added = 0;
    long bytes = 0;
    for (var change : list) {
      bytes += CommitBody.size(change, parts.state().shape());
      switch (change) {
        case Changes.Change.Put(var key, var value) -> {
          if (value.length > longestValue()) {
            throw new IllegalArgumentException(
                "a value has at most %d bytes".formatted(longestValue()));
          }
          added += CommitBody.size(key, value.length) - size(key);
        }
        case Changes.Change.Delete(var key) -> added -= size(key);
        case Changes.Change.Chunk(_, _, var chunk) -> written(chunk);
        case Changes.Change.Drop _ -> added--;
      }
    }
    if (bytes > VolumeCommitter.LARGE_BATCH) {
      throw new IllegalArgumentException("changes of %d bytes".formatted(bytes));
    }
    if (committer.batch().body().length() + bytes > VolumeCommitter.LARGEST_BATCH) {
      throw new NoSpaceException("the volume has no space for a longer journal");
    }
    if (added > 0 && parts.allocator().isFull()) {
      throw new NoSpaceException("the volume has no space for further entries");
    }
  }

  private int size(byte[] key) throws IOException {
    var value = parts.state().get(key);
    return value == null ? 0 : CommitBody.size(key, value.length);
  }

  /// Reads all nodes that are needed, so that damage is found before something changes.
  private void prepare(Iterable<Changes.Change> list) throws IOException {
    var state = parts.state();
    for (var change : list) {
      switch (change) {
        case Changes.Change.Put _, Changes.Change.Delete _ -> {
          // Their size was looked up.
        }
        case Changes.Change.Chunk(var inode, var number, _) -> state.pointer(inode, number);
        case Changes.Change.Drop(var inode, var from, var end) -> {
          for (var at = state.nextChunk(inode, from, end);
              at.isPresent();
              at = state.nextChunk(inode, at.getAsLong() + VolumeState.RUN, end)) {
            // The run was read.
          }
        }
      }
    }
  }

  /// Applies changes. Belongs to the lock of the state.
  void change(Iterable<Changes.Change> list) throws IOException {
    var state = parts.state();
    var log = committer.batch().body();
    try {
      for (var change : list) {
        switch (change) {
          case Changes.Change.Put(var key, var value) -> {
            log.put(key, value);
            state.put(key, value);
          }
          case Changes.Change.Delete(var key) -> {
            log.delete(key);
            state.delete(key);
          }
          case Changes.Change.Chunk(var inode, var number, var chunk) -> {
            var pointer = written(chunk).pointer();
            log.chunk(inode, number, pointer);
            state.chunk(inode, number, pointer);
          }
          case Changes.Change.Drop(var inode, var from, var end) -> {
            log.drop(inode, from, end);
            state.drop(inode, from, end);
          }
        }
      }
    } catch (IOException e) {
      committer.fail(e); // a part is applied
      throw e;
    }
  }

  @Override
  public void sync() throws IOException {
    options.acknowledgements().await(committer.commit());
  }

  /// Makes a checkpoint, if something has changed since the last one.
  void checkpoint() throws IOException {
    committer.checkpoint();
  }

  /// Copies what is in segments of earlier mounts that are nearly empty.
  void compact() throws IOException {
    int slots = options.tuning().slots(parts.chunkSize());
    new SegmentCompactor(parts, this, lock, slots).run();
  }

  @Override
  public VolumeSpace space() throws IOException {
    return parts.allocator().space();
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (background != null) {
      background.stop();
    }
    try {
      committer.seal();
      options.acknowledgements().await(committer.position().sequence());
    } finally {
      abandon();
    }
  }

  /// Ends without writing anything. The next mount recovers what is durable.
  public void abandon() throws IOException {
    closed = true;
    if (background != null) {
      background.stop();
    }
    committer.close();
    parts.segments().close();
    parts.backing().close();
  }
}
