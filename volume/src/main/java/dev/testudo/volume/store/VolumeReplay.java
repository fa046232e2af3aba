package dev.testudo.volume.store;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes the newest state of a volume out of a checkpoint and the records after it.
final class VolumeReplay {
  private final VolumeHeader header;
  private final VolumeState state;
  private final PendingSlots pending;
  private final JournalChain.History history;
  private final Map<Long, ChunkPlace> inline = new HashMap<>();
  private final byte[] scratch;
  private VolumePosition position = VolumePosition.NONE;

  /// A chunk of an inode.
  record ChunkPlace(long inode, long number) {}

  /// @param state that of the first checkpoint of the history
  VolumeReplay(
      VolumeHeader header, VolumeState state, PendingSlots pending, JournalChain.History history) {
    this.header = header;
    this.state = state;
    this.pending = pending;
    this.history = history;
    this.scratch = new byte[state.shape().chunkSize()];
    state.onFreed(
        pointer -> {
          pending.drop(pointer.place());
          inline.remove(pointer.place());
        });
  }

  /// Returns the record that the state is that of.
  VolumePosition position() {
    return position;
  }

  /// Returns the chunks whose ciphertexts are in journals only.
  Map<Long, ChunkPlace> inline() {
    return inline;
  }

  /// Applies all records. Records that CAS does not know are accepted as long as all of their
  /// chunks are there.
  void run() throws IOException {
    boolean first = true;
    for (var link : history.links()) {
      for (int i = 0; i < link.until(); i++) {
        var record = link.journal().record(i);
        if (!apply(link.journal(), record, first)) {
          return;
        }
        first = false;
        position = record.position();
      }
    }
  }

  /// Returns false if the replay ends before this record.
  private boolean apply(ScannedJournal journal, RecordCodec.OpenRecord record, boolean first)
      throws IOException {
    boolean known = record.position().sequence() <= history.known();
    try {
      switch (record.kind()) {
        case CHECKPOINT -> {
          if (!first) {
            learn(record);
          }
        }
        case COMMIT -> {
          return commit(journal, record, known);
        }
        case MOUNT, SEAL -> {
          // They change nothing.
        }
      }
      return true;
    } catch (MalformedException e) {
      throw VolumeException.damaged(
          "%s, record %d".formatted(journal.name(), record.position().sequence()), e.reason());
    }
  }

  /// A checkpoint changes no content. Only segments are new in it. Before it, all chunks that were
  /// in journals only were written to their slots.
  private void learn(RecordCodec.OpenRecord record) throws IOException, MalformedException {
    state.segments().learn(CheckpointBody.read(record.body(), header), false);
    forgetWritten();
  }

  /// Keeps in memory only what its slot does not have, so that a long history needs no more memory
  /// than a journal.
  private void forgetWritten() throws IOException {
    for (var entry : List.copyOf(inline.entrySet())) {
      var chunk = entry.getValue();
      var pointer = state.pointer(chunk.inode, chunk.number);
      if (pointer != null
          && pointer.place() == entry.getKey()
          && state.reader().isWritten(ChunkKind.DATA, pointer, scratch)) {
        pending.drop(pointer.place());
        inline.remove(pointer.place());
      }
    }
  }

  private boolean commit(ScannedJournal journal, RecordCodec.OpenRecord record, boolean known)
      throws IOException, MalformedException {
    var mount =
        state
            .segments()
            .mount(
                new CheckpointBody.Mount(
                    journal.head().file().mount(), journal.head().file().salt(), journal.fence()));
    var first = new FirstPass(mount);
    CommitBody.read(record.body(), state.shape(), first);
    if (!known && !first.isComplete()) {
      return false;
    }
    CommitBody.read(record.body(), state.shape(), new SecondPass());
    return true;
  }

  /// Collects what a commit leaves, and its inline ciphertexts.
  private final class FirstPass implements CommitBody.Operations {
    private final VolumeMount mount;
    private final Map<ChunkPlace, SlotPointer> left = new LinkedHashMap<>();
    private final Set<Long> inodes = new HashSet<>();

    FirstPass(VolumeMount mount) {
      this.mount = mount;
    }

    @Override
    public void put(byte[] key, byte[] value) {
      // It needs no chunk.
    }

    @Override
    public void delete(byte[] key) {
      // It needs no chunk.
    }

    @Override
    public void chunk(long inode, long number, SlotPointer pointer) {
      inodes.add(inode);
      left.put(new ChunkPlace(inode, number), pointer);
    }

    @Override
    public void drop(long inode, long from, long end) {
      if (inodes.contains(inode)) {
        left.keySet()
            .removeIf(chunk -> chunk.inode == inode && chunk.number >= from && chunk.number < end);
      }
    }

    @Override
    public void segment(int id, int number) throws MalformedException {
      var known = state.segments().find(id);
      if (known == null) {
        state.segments().declare(mount, id, number);
      } else if (known.number() != number || !known.mount().name().equals(mount.name())) {
        throw new MalformedException("a commit has another segment with the same id");
      }
    }

    @Override
    public void inline(int segment, int slot, byte[] ciphertext) throws MalformedException {
      var of = state.segments().find(segment);
      if (of == null || slot <= 0) {
        throw new MalformedException("a commit has a ciphertext for no segment");
      }
      var buffer = pending.buffer();
      System.arraycopy(ciphertext, 0, buffer, 0, ciphertext.length);
      pending.addInline(of, slot, buffer);
    }

    /// Returns whether all chunks are there.
    boolean isComplete() throws IOException {
      for (var pointer : left.values()) {
        try {
          if (!state.reader().read(ChunkKind.DATA, pointer, scratch, 0)) {
            return false;
          }
        } catch (VolumeException _) {
          return false;
        }
      }
      return true;
    }
  }

  /// Applies a commit.
  private final class SecondPass implements CommitBody.Operations {
    @Override
    public void put(byte[] key, byte[] value) throws IOException {
      state.put(key, value);
    }

    @Override
    public void delete(byte[] key) throws IOException {
      state.delete(key);
    }

    @Override
    public void chunk(long inode, long number, SlotPointer pointer)
        throws IOException, MalformedException {
      if (!state.segments().isSlot(pointer)) {
        throw new MalformedException("a commit has a pointer that names no slot");
      }
      state.chunk(inode, number, pointer);
      if (pending.contains(pointer.place())) {
        inline.put(pointer.place(), new ChunkPlace(inode, number));
      }
    }

    @Override
    public void drop(long inode, long from, long end) throws IOException {
      state.drop(inode, from, end);
    }

    @Override
    public void segment(int id, int number) {
      // The first pass has added it.
    }

    @Override
    public void inline(int segment, int slot, byte[] ciphertext) {
      // The first pass has added it.
    }
  }

  /// Returns the pointer to an inline chunk that is still that of its place, or null.
  @Nullable SlotPointer current(long place, ChunkPlace chunk) throws IOException {
    var pointer = state.pointer(chunk.inode, chunk.number);
    return pointer != null && pointer.place() == place ? pointer : null;
  }
}
