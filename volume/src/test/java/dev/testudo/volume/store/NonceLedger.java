package dev.testudo.volume.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.format.ChunkCipher;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

/// Remembers each key and nonce with what they encrypted. Two texts fail the test.
final class NonceLedger implements ChunkCipher.Ledger {
  /// What the tests of this process have encrypted, in whatever volume.
  static final ChunkCipher.Ledger OF_ALL_TESTS = new NonceLedger();

  private final Map<ByteBuffer, Long> texts = new ConcurrentHashMap<>();

  @Override
  public void encrypts(Secret key, byte[] nonce, byte[] associated, byte[] text) {
    var name = ByteBuffer.allocate(28);
    key.reveal(bytes -> name.put(bytes, 0, 16));
    name.put(nonce).flip();
    var sum = new CRC32C();
    sum.update(text);
    sum.update(associated);
    long what = (sum.getValue() << 32) | (Arrays.hashCode(text) & 0xffffffffL);
    var before = texts.putIfAbsent(name, what);
    assertTrue(before == null || before == what, "a nonce was used for two texts");
  }

  int encryptions() {
    return texts.size();
  }
}
