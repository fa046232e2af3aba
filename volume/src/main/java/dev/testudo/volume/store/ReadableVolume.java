package dev.testudo.volume.store;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.TreeKey;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// A volume that is open for reading only: nothing of its directory changes. Nobody may write it
/// meanwhile.
///
/// What a crash has left in the journal is in memory until the volume is closed.
public final class ReadableVolume extends OpenedVolume {
  private final RecoveredVolume recovered;
  private final Backing backing;

  private ReadableVolume(RecoveredVolume recovered, Backing backing) {
    super(recovered.state(), new ReentrantLock());
    this.recovered = recovered;
    this.backing = backing;
  }

  /// Opens a volume in the state that [WritableVolume#open] would continue.
  ///
  /// @param backing the volume closes it
  /// @param key 32 bytes; the caller keeps and wipes it
  /// @param damage learns of damage
  /// @throws VolumeException if the volume is not what is expected
  public static ReadableVolume open(
      Backing backing, Secret key, Expected expected, DamageListener damage) throws IOException {
    var options = VolumeOptions.USUAL.with(damage);
    return new ReadableVolume(RecoveredVolume.read(backing, key, expected, options), backing);
  }

  /// Receives what [#check] finds.
  public interface CheckListener {
    /// An entry that could be read, in the order of the keys.
    void entry(TreeKey key, byte[] value) throws IOException;

    /// A chunk that is what was written.
    void chunk(long inode, long number) throws IOException;

    /// A chunk that is not what was written, or is missing.
    void damagedChunk(long inode, long number, VolumeException why) throws IOException;

    /// No entry from `from` on, and before `to`, can be read.
    ///
    /// @param to nothing for the end of the tree
    void damagedEntries(byte[] from, Optional<byte[]> to, VolumeException why) throws IOException;
  }

  /// Reads everything, and verifies it.
  public void check(CheckListener listener) throws IOException {
    lock.lock();
    try {
      recovered.state().tree().scan(new Check(listener, true));
    } finally {
      lock.unlock();
    }
  }

  /// Reads and verifies all entries, but no chunks.
  public void checkEntries(CheckListener listener) throws IOException {
    lock.lock();
    try {
      recovered.state().tree().scan(new Check(listener, false));
    } finally {
      lock.unlock();
    }
  }

  private final class Check implements VolumeTree.TreeVisitor {
    private final CheckListener listener;
    private final boolean readsChunks;
    private final byte[] content = new byte[chunkSize()];

    Check(CheckListener listener, boolean readsChunks) {
      this.listener = listener;
      this.readsChunks = readsChunks;
    }

    @Override
    public void node(SlotPointer pointer) {
      // It was verified.
    }

    @Override
    public void entry(byte[] key, byte[] value) throws IOException {
      TreeKey read;
      try {
        read = TreeKey.read(key, "tree");
      } catch (VolumeException e) {
        listener.damagedEntries(key, Optional.of(Arrays.copyOf(key, key.length + 1)), e);
        return;
      }
      listener.entry(read, value);
      if (readsChunks && read.kind() == TreeKey.Kind.RUN && read.rest().length == Long.BYTES) {
        run(read.inode(), ByteBuffer.wrap(read.rest()).getLong(), value);
      }
    }

    private void run(long inode, long first, byte[] value) throws IOException {
      var shape = recovered.state().shape();
      var pointers = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
      for (long number = first; pointers.remaining() >= shape.suite().pointerBytes(); number++) {
        try {
          var pointer = SlotPointer.read(pointers, shape.suite(), shape.chunkSize());
          if (pointer != null) {
            recovered.state().reader().readExactly(ChunkKind.DATA, pointer, content);
            listener.chunk(inode, number);
          }
        } catch (VolumeException e) {
          listener.damagedChunk(inode, number, e);
        } catch (MalformedException e) {
          listener.damagedChunk(inode, number, VolumeException.damaged("tree", e.reason()));
        }
      }
    }

    @Override
    public void damaged(byte[] from, Optional<byte[]> to, VolumeException why) throws IOException {
      listener.damagedEntries(from, to, why);
    }
  }

  /// Returns the record that the state is that of.
  public VolumePosition position() {
    return recovered.position();
  }

  VolumeHeader header() {
    return recovered.header();
  }

  /// Returns the files that have chunks or nodes of the volume.
  List<String> segmentNames() {
    return recovered.state().segments().all().stream().map(VolumeSegment::name).toList();
  }

  /// Returns how the volume is laid out.
  public VolumeShape shape() {
    return recovered.state().shape();
  }

  @Override
  public boolean read(long inode, long number, byte[] into, int offset) throws IOException {
    var pointer = pointer(inode, number);
    if (pointer == null) {
      return false;
    }
    var reader = recovered.state().reader();
    try {
      if (reader.read(ChunkKind.DATA, pointer, into, offset)) {
        return true;
      }
    } catch (VolumeException e) {
      throw reader.report(e);
    }
    throw reader.changed(pointer);
  }

  @Override
  public StoredChunk write(byte[] from, int offset) throws IOException {
    throw readOnly();
  }

  @Override
  public void discard(StoredChunk chunk) {
    throw new IllegalArgumentException("a chunk of another store");
  }

  @Override
  public void apply(Changes changes) throws IOException {
    throw readOnly();
  }

  private static IOException readOnly() {
    return new IOException("the volume is open for reading only");
  }

  @Override
  public void sync() {
    // Nothing has changed.
  }

  @Override
  public VolumeSpace space() throws IOException {
    lock.lock();
    try {
      return new VolumeSpace(recovered.state().segments().live() * chunkSize(), 0);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    recovered.close();
    backing.close();
  }
}
