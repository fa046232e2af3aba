package dev.testudo.volume.sealed;

import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.ChunkPointer;
import dev.testudo.volume.format.TreeKey;
import dev.testudo.volume.format.VolumeHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Writes the tree of a volume, all at once, from its leaves to its root. Each node is filled.
final class TreeWriter {
  /// Level, a reserved byte, the number of entries, and how many bytes they have.
  static final int HEAD_BYTES = 8;

  /// The lengths of key and value.
  static final int ENTRY_HEAD_BYTES = 4;

  private final NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
  private final VolumeHeader header;

  /// The root of a tree.
  ///
  /// @param height its level: 0 if it is a leaf
  record Root(int height, ChunkPointer pointer) {}

  TreeWriter(VolumeHeader header) {
    this.header = header;
  }

  void put(TreeKey key, byte[] value) {
    entries.put(key.bytes(), value);
  }

  /// Writes the nodes. The tree is not empty.
  Root write(SegmentWriter segments) throws IOException {
    var level = level(0, List.copyOf(entries.entrySet()), segments);
    int height = 0;
    while (level.size() > 1) {
      level = level(++height, level, segments);
    }
    return new Root(height, ChunkPointer.read(little(level.getFirst().getValue()), header.suite()));
  }

  /// Writes the nodes of one level, and returns the entries of the level above: the first key of
  /// each node, and a pointer to it.
  private List<Map.Entry<byte[], byte[]>> level(
      int level, List<Map.Entry<byte[], byte[]>> all, SegmentWriter segments) throws IOException {
    var above = new ArrayList<Map.Entry<byte[], byte[]>>();
    int from = 0;
    while (from < all.size()) {
      int to = fitting(all, from);
      var pointer = segments.write(ChunkKind.NODE, node(level, all.subList(from, to)));
      var bytes = ByteBuffer.allocate(header.suite().pointerBytes()).order(ByteOrder.LITTLE_ENDIAN);
      pointer.put(bytes);
      above.add(Map.entry(all.get(from).getKey(), bytes.array()));
      from = to;
    }
    return above;
  }

  private int fitting(List<Map.Entry<byte[], byte[]>> all, int from) {
    int used = HEAD_BYTES;
    int to = from;
    while (to < all.size() && used + size(all.get(to)) <= header.chunkSize()) {
      used += size(all.get(to));
      to++;
    }
    if (to == from) {
      throw new IllegalArgumentException("an entry is larger than a node");
    }
    return to;
  }

  private static int size(Map.Entry<byte[], byte[]> entry) {
    return ENTRY_HEAD_BYTES + entry.getKey().length + entry.getValue().length;
  }

  private byte[] node(int level, List<Map.Entry<byte[], byte[]>> of) {
    var node = ByteBuffer.allocate(header.chunkSize()).order(ByteOrder.LITTLE_ENDIAN);
    int used = of.stream().mapToInt(TreeWriter::size).sum();
    node.put((byte) level).put((byte) 0).putShort((short) of.size()).putInt(used);
    for (var entry : of) {
      node.putShort((short) entry.getKey().length).putShort((short) entry.getValue().length);
      node.put(entry.getKey()).put(entry.getValue());
    }
    return node.array();
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
