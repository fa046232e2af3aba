package dev.testudo.volume.sealed;

import dev.testudo.volume.VolumeException;
import dev.testudo.volume.format.ChunkKind;
import dev.testudo.volume.format.ChunkPointer;
import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the tree of a volume. Whoever wrote it had the key, and may still be malicious: every node
/// is checked.
final class TreeReader {
  private static final int MOST_CACHED = 64;

  private final SegmentReader segments;
  private final Checkpoint state;
  private final Map<Long, Node> cache =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Node> eldest) {
          return size() > MOST_CACHED;
        }
      };

  /// A checked node: its keys in ascending order, and their values.
  private record Node(List<byte[]> keys, List<byte[]> values) {
    /// Returns the index of the last key that is not above `key`, or -1.
    int floor(byte[] key) {
      int low = 0;
      int high = keys.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (Arrays.compareUnsigned(keys.get(middle), key) <= 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low - 1;
    }
  }

  /// Receives entries in the order of their keys.
  interface Visitor {
    void entry(TreeKey key, byte[] value, String place) throws IOException;
  }

  TreeReader(SegmentReader segments, Checkpoint state) {
    this.segments = segments;
    this.state = state;
  }

  /// Returns the value of a key, if it has one.
  Optional<byte[]> find(TreeKey wanted) throws IOException {
    var key = wanted.bytes();
    var pointer = state.root();
    for (int level = state.height(); ; level--) {
      var node = node(pointer, level);
      int at = node.floor(key);
      if (at < 0) {
        return Optional.empty();
      }
      if (level == 0) {
        return Arrays.equals(node.keys.get(at), key)
            ? Optional.of(node.values.get(at))
            : Optional.empty();
      }
      pointer = pointer(node.values.get(at), segments.place(pointer));
    }
  }

  /// Reads all entries, and checks that the keys of the whole tree ascend.
  void scan(Visitor visitor) throws IOException {
    new Scan(visitor).node(state.root(), state.height(), Optional.empty());
  }

  private final class Scan {
    private final Visitor visitor;
    private Optional<byte[]> last = Optional.empty();
    private long nodes;

    Scan(Visitor visitor) {
      this.visitor = visitor;
    }

    /// @param first the first key of the node, as the one above says it
    void node(ChunkPointer pointer, int level, Optional<byte[]> first) throws IOException {
      var place = segments.place(pointer);
      long slots = state.segments().stream().mapToLong(Integer::longValue).sum();
      if (++nodes > slots) {
        throw VolumeException.damaged(place, "nodes are in the tree twice");
      }
      var node = node(pointer, level);
      if (first.isPresent() && !Arrays.equals(first.get(), node.keys.getFirst())) {
        throw VolumeException.damaged(place, "a node is at a wrong place in the tree");
      }
      for (var i = 0; i < node.keys.size(); i++) {
        if (level > 0) {
          node(pointer(node.values.get(i), place), level - 1, Optional.of(node.keys.get(i)));
        } else {
          leaf(node.keys.get(i), node.values.get(i), place);
        }
      }
    }

    private void leaf(byte[] key, byte[] value, String place) throws IOException {
      if (last.isPresent() && Arrays.compareUnsigned(last.get(), key) >= 0) {
        throw VolumeException.damaged(place, "the keys of the tree do not ascend");
      }
      last = Optional.of(key);
      visitor.entry(TreeKey.read(key, place), value, place);
    }

    private Node node(ChunkPointer pointer, int level) throws IOException {
      return TreeReader.this.node(pointer, level);
    }
  }

  private ChunkPointer pointer(byte[] value, String place) throws VolumeException {
    var suite = state.header().suite();
    if (value.length != suite.pointerBytes()) {
      throw VolumeException.damaged(place, "a node has no pointer where it must");
    }
    return ChunkPointer.read(ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN), suite);
  }

  private Node node(ChunkPointer pointer, int level) throws IOException {
    // A pointer's slot is never written again, so it names the node.
    long name = ((long) pointer.segment() << 32) | pointer.slot();
    var cached = cache.get(name);
    if (cached != null) {
      return cached;
    }
    var bytes = new byte[state.header().chunkSize()];
    segments.read(ChunkKind.NODE, pointer, bytes);
    var node = parse(bytes, level, segments.place(pointer));
    cache.put(name, node);
    return node;
  }

  private static Node parse(byte[] bytes, int level, String place) throws VolumeException {
    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int ownLevel = Byte.toUnsignedInt(buffer.get());
    int reserved = buffer.get();
    int count = Short.toUnsignedInt(buffer.getShort());
    int used = buffer.getInt();
    if (ownLevel != level || reserved != 0 || count == 0 || used < 0 || used > buffer.remaining()) {
      throw VolumeException.damaged(place, "a node has a wrong head");
    }
    buffer.limit(buffer.position() + used);
    var keys = new ArrayList<byte[]>();
    var values = new ArrayList<byte[]>();
    for (var i = 0; i < count; i++) {
      if (buffer.remaining() < TreeWriter.ENTRY_HEAD_BYTES) {
        throw VolumeException.damaged(place, "a node is too short");
      }
      int key = Short.toUnsignedInt(buffer.getShort());
      int value = Short.toUnsignedInt(buffer.getShort());
      if (key > TreeKey.LONGEST || key + value > buffer.remaining()) {
        throw VolumeException.damaged(place, "an entry of a node is too long");
      }
      keys.add(take(buffer, key));
      values.add(take(buffer, value));
      if (i > 0 && Arrays.compareUnsigned(keys.get(i - 1), keys.get(i)) >= 0) {
        throw VolumeException.damaged(place, "the keys of a node do not ascend");
      }
    }
    if (buffer.hasRemaining()) {
      throw VolumeException.damaged(place, "a node has more than its entries");
    }
    return new Node(keys, values);
  }

  private static byte[] take(ByteBuffer from, int length) {
    var bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }
}
