package dev.testudo.volume.sealed;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeEntry;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.VolumeProtection;
import dev.testudo.volume.VolumeTag;
import dev.testudo.volume.format.ChunkCipher;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.ChunkPointer;
import dev.testudo.volume.format.Derived;
import dev.testudo.volume.format.MountKeys;
import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// An open volume that was written by [VolumeWriter].
///
/// Everything but the content of files is read, verified and kept when it is opened. Content is
/// read from the files of the volume each time, and verified. Nothing that fails a check is
/// returned.
/// Several threads may use a volume; they take turns.
public final class ReadOnlyVolume implements AutoCloseable {
  private final VolumeTag tag;
  private final SealedState source;
  private final Checkpoint state;
  private final SegmentReader segments;
  private final TreeReader tree;
  private final Map<String, VolumeEntry> entries = new LinkedHashMap<>();

  private ReadOnlyVolume(VolumeFiles.State found, SegmentReader segments) {
    this.tag = found.tag();
    this.source = found.source();
    this.state = found.checkpoint();
    this.segments = segments;
    this.tree = new TreeReader(segments, state);
  }

  /// Opens the volume in `directory`.
  ///
  /// @param key 32 bytes; the caller keeps and wipes it
  /// @param tag the state that the volume must have; empty if any is accepted
  /// @throws VolumeException if the volume is not what `key` and `tag` describe
  /// @throws IOException if a file cannot be read
  public static ReadOnlyVolume open(Path directory, Secret key, Optional<VolumeTag> tag)
      throws IOException {
    if (key.length() != Derived.KEY_BYTES) {
      throw new IllegalArgumentException(
          "the key of a volume has %d bytes".formatted(Derived.KEY_BYTES));
    }
    var found = VolumeFiles.read(directory, key);
    if (tag.isPresent() && !tag.get().equals(found.tag())) {
      throw VolumeException.otherState(tag.get(), found.tag());
    }
    var state = found.checkpoint();
    var volume = new ReadOnlyVolume(found, SegmentReader.open(directory, state, keys(key, state)));
    try {
      volume.index();
      return volume;
    } catch (IOException e) {
      volume.close();
      throw e;
    }
  }

  private static MountKeys keys(Secret key, Checkpoint state) {
    return new MountKeys(key, state.header(), state.salt(), ChunkCipher.Ledger.NONE);
  }

  private void index() throws IOException {
    for (var located : VolumeIndex.read(tree, state)) {
      entries.put(located.path(), entry(located));
    }
  }

  private VolumeEntry entry(VolumeIndex.Located located) {
    var attributes = located.attributes();
    return switch (attributes.type()) {
      case DIRECTORY -> new VolumeEntry.Directory(located.path(), attributes.permissions());
      case LINK -> new VolumeEntry.Link(located.path(), located.target().orElseThrow());
      case FILE ->
          new VolumeEntry.RegularFile(
              located.path(),
              attributes.permissions(),
              attributes.size(),
              () -> new VolumeInput(located.inode(), attributes.size()));
    };
  }

  /// Returns the tag of the state.
  public VolumeTag tag() {
    return tag;
  }

  /// Returns the file from which the state was read.
  public SealedState source() {
    return source;
  }

  /// Returns how the content is protected. Whoever has the key has chosen it.
  public VolumeProtection protection() {
    return state.header().suite().encrypts()
        ? VolumeProtection.ENCRYPTED
        : VolumeProtection.AUTHENTICATED_ONLY;
  }

  /// Returns everything in the volume, directories before their content. The root is the first.
  public List<VolumeEntry> entries() {
    return List.copyOf(entries.values());
  }

  /// Returns what is at exactly `path`. Links on it are not followed.
  public Optional<VolumeEntry> find(String path) {
    return Optional.ofNullable(entries.get(path));
  }

  /// Reads one chunk of a file's content, as far as the file goes.
  private synchronized byte[] chunk(long inode, long size, long number) throws IOException {
    int chunkSize = state.header().chunkSize();
    int length = (int) Math.min(chunkSize, size - number * chunkSize);
    if (size <= VolumeWriter.LARGEST_INLINE) {
      var content = value(TreeKey.of(inode, TreeKey.Kind.INLINE));
      if (content.length != size) {
        throw VolumeException.damaged("tree", "a file is shorter or longer than its inode says");
      }
      return content.clone();
    }
    var suite = state.header().suite();
    long first = number / VolumeWriter.run(suite) * VolumeWriter.run(suite);
    var run = value(TreeKey.run(inode, first));
    int at = (int) (number - first) * suite.pointerBytes();
    if (at + suite.pointerBytes() > run.length) {
      throw VolumeException.damaged("tree", "a file is shorter than its inode says");
    }
    var pointer =
        ChunkPointer.read(
            ByteBuffer.wrap(run, at, suite.pointerBytes()).order(ByteOrder.LITTLE_ENDIAN), suite);
    var chunk = new byte[chunkSize];
    segments.read(ChunkKind.DATA, pointer, chunk);
    return length == chunkSize ? chunk : Arrays.copyOf(chunk, length);
  }

  private byte[] value(TreeKey key) throws IOException {
    var value = tree.find(key);
    if (value.isEmpty()) {
      throw VolumeException.damaged("tree", "the content of a file is missing");
    }
    return value.get();
  }

  /// Closes the files of the volume, and wipes its keys. Nothing more can be read.
  @Override
  public synchronized void close() throws IOException {
    segments.close();
  }

  /// The content of a file, verified and decrypted chunk by chunk.
  private final class VolumeInput extends InputStream {
    private final long inode;
    private final long size;
    private long position;
    private byte[] chunk = new byte[0];
    private long loaded = -1;

    VolumeInput(long inode, long size) {
      this.inode = inode;
      this.size = size;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, into.length);
      if (length == 0) {
        return 0;
      }
      if (position >= size) {
        return -1;
      }
      int chunkSize = state.header().chunkSize();
      long number = position / chunkSize;
      if (number != loaded) {
        chunk = ReadOnlyVolume.this.chunk(inode, size, number);
        loaded = number;
      }
      int from = (int) (position - number * chunkSize);
      int count = Math.min(length, chunk.length - from);
      System.arraycopy(chunk, from, into, offset, count);
      position += count;
      return count;
    }

    /// Goes forward without reading what is skipped.
    @Override
    public long skip(long count) {
      long skipped = Math.clamp(count, 0, size - position);
      position += skipped;
      return skipped;
    }

    @Override
    public void close() {
      Arrays.fill(chunk, (byte) 0);
      loaded = -1;
    }
  }
}
