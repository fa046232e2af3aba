package dev.testudo.volume.store;

import dev.testudo.volume.format.Suite;
import dev.testudo.volume.format.TreeKey;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The body of a commit while it is made: operations, one after the other. For one thread at a
/// time.
final class CommitBody {
  private static final int PUT = 1;
  private static final int DELETE = 2;
  private static final int CHUNK = 3;
  private static final int DROP = 4;
  private static final int SEGMENT = 5;
  private static final int INLINE = 6;

  /// Before the operations: up to which record everything was durable and acknowledged.
  private static final int KNOWN_BYTES = Long.BYTES;

  private static final int FIRST_CAPACITY = 4096;
  private static final int SHORTEST_KEY = 9;

  private final VolumeShape shape;
  private ByteBuffer body = ByteBuffer.allocate(FIRST_CAPACITY).order(ByteOrder.LITTLE_ENDIAN);

  CommitBody(VolumeShape shape) {
    this.shape = shape;
  }

  /// Does what the operations of a commit say.
  interface Operations {
    void put(byte[] key, byte[] value) throws IOException, MalformedException;

    void delete(byte[] key) throws IOException, MalformedException;

    void chunk(long inode, long number, SlotPointer pointer) throws IOException, MalformedException;

    void drop(long inode, long from, long end) throws IOException, MalformedException;

    /// The mount has a new segment.
    void segment(int id, int number) throws IOException, MalformedException;

    /// The content of a slot.
    void inline(int segment, int slot, byte[] ciphertext) throws IOException, MalformedException;
  }

  /// Returns how many bytes an operation on an entry takes.
  static int size(byte[] key, int value) {
    return 5 + key.length + value;
  }

  /// Returns how many bytes the operation of a change takes.
  static int size(Changes.Change change, VolumeShape shape) {
    return switch (change) {
      case Changes.Change.Put(var key, var value) -> size(key, value.length);
      case Changes.Change.Delete(var key) -> size(key, 0);
      case Changes.Change.Chunk _ -> 17 + shape.suite().pointerBytes();
      case Changes.Change.Drop _ -> 25;
    };
  }

  int length() {
    return body.position();
  }

  private ByteBuffer room(int length) {
    if (body.remaining() < length) {
      int capacity = Math.max(2 * body.capacity(), body.position() + length);
      body =
          ByteBuffer.wrap(Arrays.copyOf(body.array(), capacity))
              .order(ByteOrder.LITTLE_ENDIAN)
              .position(body.position());
    }
    return body;
  }

  void put(byte[] key, byte[] value) {
    room(size(key, value.length))
        .put((byte) PUT)
        .putShort((short) key.length)
        .putShort((short) value.length)
        .put(key)
        .put(value);
  }

  void delete(byte[] key) {
    room(size(key, 0)).put((byte) DELETE).putShort((short) key.length).put(key);
  }

  void chunk(long inode, long number, SlotPointer pointer) {
    var into = room(17 + shape.suite().pointerBytes());
    pointer.put(into.put((byte) CHUNK).putLong(inode).putLong(number), shape.chunkSize());
  }

  void drop(long inode, long from, long end) {
    room(25).put((byte) DROP).putLong(inode).putLong(from).putLong(end);
  }

  void segment(int id, int number) {
    room(9).put((byte) SEGMENT).putInt(id).putInt(number);
  }

  void inline(int segment, int slot, byte[] ciphertext) {
    room(9 + shape.chunkSize())
        .put((byte) INLINE)
        .putInt(segment)
        .putInt(slot)
        .put(ciphertext, 0, shape.chunkSize());
  }

  /// Adds the operations of another body.
  void append(CommitBody other) {
    room(other.length()).put(other.body.array(), 0, other.length());
  }

  /// Returns the body of a record.
  ///
  /// @param known up to which record everything was durable and acknowledged before this one
  byte[] record(long known) {
    return ByteBuffer.allocate(KNOWN_BYTES + length())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(known)
        .put(body.array(), 0, length())
        .array();
  }

  /// Returns up to which record everything was durable and acknowledged before this one.
  static long known(byte[] record) {
    return record.length < KNOWN_BYTES
        ? 0
        : ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /// Does what a verified body says. Its author may be malicious.
  static void read(byte[] record, VolumeShape shape, Operations operations)
      throws IOException, MalformedException {
    if (record.length < KNOWN_BYTES) {
      throw new MalformedException("a commit is too short");
    }
    var body = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).position(KNOWN_BYTES);
    try {
      while (body.hasRemaining()) {
        one(body, shape, operations);
      }
    } catch (BufferUnderflowException _) {
      throw new MalformedException("an operation of a commit is cut off");
    }
  }

  private static void one(ByteBuffer body, VolumeShape shape, Operations operations)
      throws IOException, MalformedException {
    switch (body.get()) {
      case PUT -> {
        int key = Short.toUnsignedInt(body.getShort());
        int value = Short.toUnsignedInt(body.getShort());
        if (value > IndexNode.longestValue(shape.chunkSize())) {
          throw new MalformedException("a commit has a value that is too long");
        }
        var name = key(body, key);
        operations.put(name, take(body, value));
      }
      case DELETE -> operations.delete(key(body, Short.toUnsignedInt(body.getShort())));
      case CHUNK -> {
        long inode = body.getLong();
        long number = body.getLong();
        Suite suite = shape.suite();
        var pointer = SlotPointer.read(body, suite, shape.chunkSize());
        if (pointer == null || inode == 0 || number < 0 || number > Changes.MOST_CHUNKS) {
          throw new MalformedException("a commit has an impossible chunk");
        }
        operations.chunk(inode, number, pointer);
      }
      case DROP -> {
        long inode = body.getLong();
        long from = body.getLong();
        long end = body.getLong();
        if (inode == 0 || from < 0 || end < from) {
          throw new MalformedException("a commit has an impossible range of chunks");
        }
        operations.drop(inode, from, end);
      }
      case SEGMENT -> operations.segment(body.getInt(), body.getInt());
      case INLINE -> operations.inline(body.getInt(), body.getInt(), take(body, shape.chunkSize()));
      default -> throw new MalformedException("a commit has an unknown operation");
    }
  }

  private static byte[] key(ByteBuffer body, int length) throws MalformedException {
    if (length < SHORTEST_KEY || length > TreeKey.LONGEST) {
      throw new MalformedException("a commit has a key of a wrong length");
    }
    var key = take(body, length);
    if (key[SHORTEST_KEY - 1] == TreeKey.Kind.RUN.number()) {
      throw new MalformedException("a commit changes a run of chunks as an entry");
    }
    return key;
  }

  private static byte[] take(ByteBuffer from, int length) {
    if (length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    var bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }
}
