package dev.testudo.shield.relay;

import dev.testudo.shield.tls.TlsEngines;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// The buffers of one loop. A connection borrows buffers while it moves bytes and for bytes that
/// the receiving side has not taken yet. An idle connection has none. Not safe for use by
/// multiple threads.
final class Buffers {
  /// Room for one portion, an incomplete record before it, and the overhead of the records.
  static final int CAPACITY = 128 * 1024;

  /// The size of one read: four full records.
  static final int PORTION = 64 * 1024;

  static final int SMALL_PORTION = 16 * 1024;

  /// The number of lent buffers that indicates many slow readers. Above it, a remainder is kept in
  /// a copy of its exact size and reads are smaller, so that a slow reader costs 16 KiB.
  private static final int MANY = 64;

  private static final int SPARE = 16;

  private final TlsEngines engines;
  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();
  private int lent;

  Buffers(TlsEngines engines) {
    this.engines = engines;
  }

  /// Returns an empty buffer of [#CAPACITY] bytes.
  ByteBuffer take() {
    lent++;
    var buffer = spare.poll();
    return buffer == null ? engines.buffer(CAPACITY) : buffer.clear();
  }

  /// Returns a buffer that came from [#take] or [#keep].
  void give(ByteBuffer buffer) {
    if (buffer.capacity() != CAPACITY) {
      return;
    }
    lent--;
    if (spare.size() < SPARE) {
      spare.push(buffer);
    }
  }

  /// Returns how many bytes to read at once.
  int portion() {
    return lent < MANY ? PORTION : SMALL_PORTION;
  }

  /// Returns a buffer with the rest of `buffer`, to be kept while its reader is slow.
  /// Replaces `buffer`.
  ByteBuffer keep(ByteBuffer buffer) {
    if (lent < MANY || buffer.capacity() != CAPACITY) {
      return buffer;
    }
    // On the heap even if the engine prefers direct buffers: the copy is only sent, and the garbage
    // collector frees it.
    var copy = ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
    give(buffer);
    return copy;
  }
}
