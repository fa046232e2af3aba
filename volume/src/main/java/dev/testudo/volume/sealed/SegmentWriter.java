package dev.testudo.volume.sealed;

import dev.testudo.volume.VolumeSink;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.ChunkPointer;
import dev.testudo.volume.format.FileHead;
import dev.testudo.volume.format.MountKeys;
import dev.testudo.volume.format.VolumeHeader;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Protects chunks and writes them to segments, one slot after the other.
final class SegmentWriter implements Closeable {
  /// The most bytes of a segment.
  static final int LARGEST = 64 << 20;

  private final VolumeSink sink;
  private final VolumeHeader header;
  private final byte[] mount;
  private final byte[] salt;
  private final MountKeys keys;
  private final byte[] both;
  private final Map<ChunkKind, Long> counters = new EnumMap<>(ChunkKind.class);
  private final List<Integer> slots = new ArrayList<>();
  private Optional<OutputStream> open = Optional.empty();

  SegmentWriter(VolumeSink sink, VolumeHeader header, byte[] mount, byte[] salt, MountKeys keys) {
    this.sink = sink;
    this.header = header;
    this.mount = mount;
    this.salt = salt;
    this.keys = keys;
    this.both = new byte[MountKeys.bufferBytes(header.chunkSize())];
  }

  /// Writes a chunk.
  ///
  /// @param chunk its text, which is as long as a slot
  ChunkPointer write(ChunkKind kind, byte[] chunk) throws IOException {
    long counter = counters.merge(kind, 1L, Long::sum) - 1;
    var nonce = ChunkKind.nonce(0, counter);
    if (chunk.length != header.chunkSize()) {
      throw new IllegalArgumentException("no chunk of this volume");
    }
    var proof = keys.seal(kind, nonce, chunk, 0, both);
    var out = segment();
    out.write(both, 0, chunk.length);
    int last = slots.size() - 1;
    int slot = slots.get(last);
    slots.set(last, slot + 1);
    return new ChunkPointer(last, slot, chunk.length, proof);
  }

  /// Returns the segment that has a free slot.
  private OutputStream segment() throws IOException {
    if (open.isPresent() && slots.getLast() < LARGEST / header.chunkSize()) {
      return open.get();
    }
    finish();
    var head = new FileHead(FileHead.Type.SEGMENT, header.id(), mount, salt, slots.size());
    var created = sink.create(head.name());
    open = Optional.of(created);
    slots.add(1);
    created.write(Arrays.copyOf(head.write(), header.chunkSize()));
    return created;
  }

  /// Returns how many slots each segment has, with its head.
  List<Integer> slots() {
    return List.copyOf(slots);
  }

  /// Closes the segment that is being written.
  void finish() throws IOException {
    if (open.isPresent()) {
      open.get().close();
      open = Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    finish();
  }
}
