package dev.testudo.shield.relay;

import dev.testudo.shield.tls.TlsEngines;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// The buffers of one loop. A connection borrows them while bytes move through it and for what
/// its reader has not taken yet; an idle connection has none. Not safe for several threads.
final class Buffers {
  /// Room for a portion, an incomplete record in front of it and the records' overhead.
  static final int CAPACITY = 128 * 1024;

  /// What is read at once: four full records.
  static final int PORTION = 64 * 1024;

  static final int SMALL_PORTION = 16 * 1024;

  /// More than this many lent buffers means many slow readers. From then on remainders are kept
  /// in copies of their exact size and less is read at once, so that slow readers cost 16 KiB
  /// each.
  private static final int MANY = 64;

  private static final int SPARE = 16;

  private final TlsEngines engines;
  private final ArrayDeque<ByteBuffer> spare = new ArrayDeque<>();
  private int lent;

  Buffers(TlsEngines engines) {
    this.engines = engines;
  }

  /// An empty buffer of [#CAPACITY] bytes.
  ByteBuffer take() {
    lent++;
    var buffer = spare.poll();
    return buffer == null ? engines.buffer(CAPACITY) : buffer.clear();
  }

  /// Takes back what [#take] or [#keep] gave.
  void give(ByteBuffer buffer) {
    if (buffer.capacity() != CAPACITY) {
      return;
    }
    lent--;
    if (spare.size() < SPARE) {
      spare.push(buffer);
    }
  }

  /// How many bytes to read at once.
  int portion() {
    return lent < MANY ? PORTION : SMALL_PORTION;
  }

  /// A place for the rest of `buffer` while its reader is slow.
  ByteBuffer keep(ByteBuffer buffer) {
    if (lent < MANY || buffer.capacity() != CAPACITY) {
      return buffer;
    }
    // In the heap, whatever the engines like: it is only sent, and its memory goes away by itself.
    var copy = ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
    give(buffer);
    return copy;
  }
}
