package dev.testudo.trust.pki;

import dev.testudo.trust.secret.Secret;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Derives a key from a passphrase with Argon2id (RFC 9106).
public final class Argon2id {
  private static final int KEY_BYTES = 32;
  private static final int LEAST_SALT = 8;
  private static final int MOST_SALT = 64;

  private Argon2id() {}

  /// The cost of a derivation.
  ///
  /// @param memoryKib the memory in KiB, at most 1 GiB
  /// @param passes the passes over the memory, at most 64
  /// @param lanes the degree of parallelism, at most 16
  public record Cost(int memoryKib, int passes, int lanes) {
    /// The second recommendation of RFC 9106 §4: 64 MiB, three passes, four lanes.
    public static final Cost USUAL = new Cost(64 << 10, 3, 4);

    private static final int MOST_KIB = 1 << 20;
    private static final int MOST_PASSES = 64;
    private static final int MOST_LANES = 16;

    /// Checks the limits.
    public Cost {
      if (lanes < 1
          || lanes > MOST_LANES
          || passes < 1
          || passes > MOST_PASSES
          || memoryKib < 8 * lanes
          || memoryKib > MOST_KIB) {
        throw new IllegalArgumentException("the cost of a passphrase is out of range");
      }
    }

    /// Returns the cost with these numbers.
    ///
    /// @throws IllegalArgumentException if one is out of range
    public static Cost of(long memoryKib, long passes, long lanes) {
      return new Cost(
          (int) Math.min(memoryKib, Integer.MAX_VALUE),
          (int) Math.min(passes, Integer.MAX_VALUE),
          (int) Math.min(lanes, Integer.MAX_VALUE));
    }
  }

  /// Returns the key of 256 bits that belongs to `passphrase` and `salt`.
  ///
  /// @throws IllegalArgumentException if the salt has less than 8 or more than 64 bytes
  public static Secret derive(Secret passphrase, byte[] salt, Cost cost) {
    if (salt.length < LEAST_SALT || salt.length > MOST_SALT) {
      throw new IllegalArgumentException("the salt of a passphrase is out of range");
    }
    var generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withSalt(salt)
            .withMemoryAsKB(cost.memoryKib())
            .withIterations(cost.passes())
            .withParallelism(cost.lanes())
            .build());
    var key = new byte[KEY_BYTES];
    passphrase.reveal(bytes -> generator.generateBytes(bytes, key));
    return Secret.taking(key);
  }
}
