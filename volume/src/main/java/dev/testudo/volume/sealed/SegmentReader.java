package dev.testudo.volume.sealed;

import dev.testudo.linux.sys.RegularFiles;
import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.ChunkPointer;
import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.MountKeys;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads and verifies chunks, each time from the files. For one thread at a time.
final class SegmentReader implements Closeable {
  private final List<FileChannel> files = new ArrayList<>();
  private final Checkpoint state;
  private final MountKeys keys;
  private final byte[] both;

  private SegmentReader(Checkpoint state, MountKeys keys) {
    this.state = state;
    this.keys = keys;
    this.both = new byte[MountKeys.bufferBytes(state.header().chunkSize())];
  }

  /// Opens all segments, and checks their heads and sizes. The reader owns the keys.
  static SegmentReader open(Path directory, Checkpoint state, MountKeys keys) throws IOException {
    var reader = new SegmentReader(state, keys);
    try {
      for (var number = 0; number < state.segments().size(); number++) {
        reader.open(directory, number);
      }
      return reader;
    } catch (IOException e) {
      reader.close();
      throw e;
    }
  }

  private void open(Path directory, int number) throws IOException {
    var name = name(number);
    FileChannel file;
    try {
      file = RegularFiles.read(directory.resolve(name));
    } catch (NoSuchFileException _) {
      throw VolumeException.damaged(name, "it is missing");
    } catch (RegularFiles.NotRegularException _) {
      throw VolumeException.damaged(name, VolumeFiles.NO_FILE);
    }
    files.add(file);
    long size = (long) state.segments().get(number) * chunkSize();
    if (file.size() != size) {
      throw VolumeException.damaged(
          name, "it has %d bytes instead of %d".formatted(file.size(), size));
    }
    var head =
        new FileHead(
            FileHead.Type.SEGMENT, state.header().id(), state.mount(), state.salt(), number);
    var found = new byte[chunkSize()];
    if (!fill(file, 0, found) || !Arrays.equals(found, Arrays.copyOf(head.write(), chunkSize()))) {
      throw VolumeException.damaged(name, "its head is not what was written");
    }
  }

  private String name(int number) {
    return FileHead.Type.SEGMENT.name(state.mount(), number);
  }

  private int chunkSize() {
    return state.header().chunkSize();
  }

  /// Returns where messages say that a chunk is.
  String place(ChunkPointer chunk) {
    boolean known = chunk.segment() >= 0 && chunk.segment() < files.size();
    return "%s, slot %d".formatted(known ? name(chunk.segment()) : "no segment", chunk.slot());
  }

  /// Reads a chunk to `into`, which is as long as a slot. If this throws, nothing is in it.
  ///
  /// @throws VolumeException if it is not what the pointer names
  void read(ChunkKind kind, ChunkPointer chunk, byte[] into) throws IOException {
    int segment = chunk.segment();
    boolean exists =
        segment >= 0
            && segment < files.size()
            && chunk.slot() >= 1
            && chunk.slot() < state.segments().get(segment)
            && chunk.length() == chunkSize();
    if (!exists || into.length != chunkSize()) {
      throw VolumeException.damaged(place(chunk), "a pointer names no chunk");
    }
    long offset = (long) chunk.slot() * chunkSize();
    boolean whole = fill(files.get(segment), offset, both);
    if (!whole || !keys.open(kind, chunk.proof(), both, into, 0)) {
      Arrays.fill(into, (byte) 0);
      throw VolumeException.damaged(place(chunk), "the chunk is not what was written");
    }
  }

  /// Reads one chunk's bytes to the beginning of `into`. Returns false if the file is shorter.
  private boolean fill(FileChannel file, long offset, byte[] into) throws IOException {
    var buffer = ByteBuffer.wrap(into, 0, chunkSize());
    while (buffer.hasRemaining()) {
      if (file.read(buffer, offset + buffer.position()) < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    keys.close();
    for (var file : files) {
      file.close();
    }
  }
}
