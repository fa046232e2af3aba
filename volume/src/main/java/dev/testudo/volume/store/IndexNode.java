package dev.testudo.volume.store;

import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.TreeKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A node of the tree in memory. For one thread at a time.
///
/// A leaf, of level 0, has entries. Another node has children one level below it. The key of a
/// child is a lower bound of its keys, and an upper bound of those of the child before. The bound
/// of the first child is that of the node itself.
final class IndexNode implements TreeChild {
  /// Level, a reserved byte, the number of entries, and how many bytes they have.
  private static final int HEAD_BYTES = 8;

  /// The lengths of key and value.
  private static final int ENTRY_HEAD_BYTES = 4;

  private static final byte[] NOTHING = {};

  private final int level;
  private byte[][] keys = new byte[8][];
  private byte[][] values = new byte[8][];
  private TreeChild[] children = new TreeChild[8];
  private int count;
  private int bytes;

  IndexNode(int level) {
    this.level = level;
    if (level == 0) {
      children = new TreeChild[0];
    } else {
      values = new byte[0][];
    }
  }

  /// Returns how many bytes of entries a node may have.
  static int capacity(int chunkSize) {
    return chunkSize - HEAD_BYTES;
  }

  /// Returns the most bytes of a value, so that a node that has become too large always makes two
  /// that are not.
  static int longestValue(int chunkSize) {
    return capacity(chunkSize) / 2 - ENTRY_HEAD_BYTES - TreeKey.LONGEST;
  }

  int level() {
    return level;
  }

  int count() {
    return count;
  }

  int bytes() {
    return bytes;
  }

  byte[] key(int index) {
    return keys[index];
  }

  byte[] value(int index) {
    return values[index];
  }

  TreeChild child(int index) {
    return children[index];
  }

  /// Returns the index of the last key that is not above `key`, or -1.
  int floor(byte[] key) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(keys[middle], key) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /// Returns the index of the child that has `key`, if any has.
  int childOf(byte[] key) {
    return Math.max(0, floor(key));
  }

  /// Returns whether the key at `index` is this one.
  boolean isAt(int index, byte[] key) {
    return index >= 0 && Arrays.equals(keys[index], key);
  }

  void setValue(int index, byte[] value) {
    bytes += value.length - values[index].length;
    values[index] = value;
  }

  void setChild(int index, TreeChild child) {
    children[index] = child;
  }

  /// Adds an entry to a leaf.
  void insert(int index, byte[] key, byte[] value) {
    makeRoom(index);
    keys[index] = key;
    values[index] = value;
    bytes += ENTRY_HEAD_BYTES + key.length + value.length;
  }

  /// Adds a child.
  ///
  /// @param pointerBytes how long its pointer will be
  void insert(int index, byte[] key, TreeChild child, int pointerBytes) {
    makeRoom(index);
    keys[index] = key;
    children[index] = child;
    bytes += ENTRY_HEAD_BYTES + key.length + pointerBytes;
  }

  private void makeRoom(int index) {
    if (count == keys.length) {
      keys = Arrays.copyOf(keys, count * 2);
      if (level == 0) {
        values = Arrays.copyOf(values, count * 2);
      } else {
        children = Arrays.copyOf(children, count * 2);
      }
    }
    System.arraycopy(keys, index, keys, index + 1, count - index);
    if (level == 0) {
      System.arraycopy(values, index, values, index + 1, count - index);
    } else {
      System.arraycopy(children, index, children, index + 1, count - index);
    }
    count++;
  }

  void remove(int index, int pointerBytes) {
    bytes -= size(index, pointerBytes);
    System.arraycopy(keys, index + 1, keys, index, count - index - 1);
    if (level == 0) {
      System.arraycopy(values, index + 1, values, index, count - index - 1);
    } else {
      System.arraycopy(children, index + 1, children, index, count - index - 1);
    }
    count--;
    keys[count] = NOTHING;
  }

  private int size(int index, int pointerBytes) {
    int value = level == 0 ? values[index].length : pointerBytes;
    return ENTRY_HEAD_BYTES + keys[index].length + value;
  }

  /// Moves the second half to a new node. Where entries are added at the end, the first half is
  /// larger, so that a tree that is filled in order is full.
  IndexNode split(int pointerBytes, boolean inOrder) {
    int wanted = inOrder ? bytes - size(count - 1, pointerBytes) : bytes / 2;
    int left = 0;
    int at = 0;
    while (at < count - 1 && (at == 0 || left + size(at, pointerBytes) / 2 <= wanted)) {
      left += size(at, pointerBytes);
      at++;
    }
    var right = new IndexNode(level);
    right.append(this, at, pointerBytes);
    for (int i = count - 1; i >= at; i--) {
      remove(i, pointerBytes);
    }
    return right;
  }

  /// Adds the entries of `other` from `from` on.
  void append(IndexNode other, int from, int pointerBytes) {
    for (int i = from; i < other.count; i++) {
      if (level == 0) {
        insert(count, other.keys[i], other.values[i]);
      } else {
        insert(count, other.keys[i], other.children[i], pointerBytes);
      }
    }
  }

  /// Changes the bound of the first child.
  void setFirstKey(byte[] key) {
    bytes += key.length - keys[0].length;
    keys[0] = key;
  }

  /// Writes the node. All its children are in slots.
  void encode(byte[] into, Suite suite) {
    var node = ByteBuffer.wrap(into).order(ByteOrder.LITTLE_ENDIAN);
    node.put((byte) level).put((byte) 0).putShort((short) count).putInt(bytes);
    for (int i = 0; i < count; i++) {
      int length = level == 0 ? values[i].length : suite.pointerBytes();
      node.putShort((short) keys[i].length).putShort((short) length).put(keys[i]);
      switch (level == 0 ? null : children[i]) {
        case null -> node.put(values[i]);
        case SlotPointer pointer -> pointer.put(node, into.length);
        case IndexNode _ -> throw new IllegalStateException("a child is not in a slot");
      }
    }
    Arrays.fill(into, node.position(), into.length, (byte) 0);
  }

  /// Reads a verified node. Its author may be malicious.
  static IndexNode decode(byte[] from, int level, Suite suite) throws MalformedException {
    var buffer = ByteBuffer.wrap(from).order(ByteOrder.LITTLE_ENDIAN);
    int ownLevel = Byte.toUnsignedInt(buffer.get());
    int reserved = buffer.get();
    int count = Short.toUnsignedInt(buffer.getShort());
    int used = buffer.getInt();
    if (ownLevel != level || reserved != 0 || used < 0 || used > buffer.remaining()) {
      throw new MalformedException("a node has a wrong head");
    }
    buffer.limit(buffer.position() + used);
    var node = new IndexNode(level);
    for (int i = 0; i < count; i++) {
      node.read(buffer, suite, from.length);
    }
    if (buffer.hasRemaining()) {
      throw new MalformedException("a node has more than its entries");
    }
    return node;
  }

  private void read(ByteBuffer buffer, Suite suite, int chunkSize) throws MalformedException {
    if (buffer.remaining() < ENTRY_HEAD_BYTES) {
      throw new MalformedException("a node is too short");
    }
    int key = Short.toUnsignedInt(buffer.getShort());
    int value = Short.toUnsignedInt(buffer.getShort());
    boolean fits =
        key <= TreeKey.LONGEST
            && key + value <= buffer.remaining()
            && (level == 0 ? value <= longestValue(chunkSize) : value == suite.pointerBytes());
    if (!fits) {
      throw new MalformedException("an entry of a node has a wrong length");
    }
    var name = new byte[key];
    buffer.get(name);
    if (count > 0 && Arrays.compareUnsigned(keys[count - 1], name) >= 0) {
      throw new MalformedException("the keys of a node do not ascend");
    }
    if (level == 0) {
      var bytes = new byte[value];
      buffer.get(bytes);
      insert(count, name, bytes);
      return;
    }
    var pointer = SlotPointer.read(buffer, suite, chunkSize);
    if (pointer == null) {
      throw new MalformedException("a node has no pointer where it must");
    }
    insert(count, name, pointer, suite.pointerBytes());
  }
}
