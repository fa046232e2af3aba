package dev.testudo.volume.store;

import dev.testudo.volume.format.ChunkKind;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Nonces of one mount. No two of a kind are equal, because of the counter; the random half helps
/// where the memory of a running machine was copied. Any thread.
final class NonceSource {
  private final SecureRandom source;
  private final AtomicLong data = new AtomicLong();
  private final AtomicLong node = new AtomicLong();
  private volatile int random;

  NonceSource(SecureRandom source) {
    this.source = source;
    this.random = source.nextInt();
  }

  byte[] next(ChunkKind kind) {
    var counter = kind == ChunkKind.DATA ? data : node;
    return ChunkKind.nonce(random, counter.getAndIncrement());
  }

  /// Draws another random half, and returns it.
  int draw() {
    random = source.nextInt();
    return random;
  }
}
