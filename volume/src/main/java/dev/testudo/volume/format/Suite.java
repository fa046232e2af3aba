package dev.testudo.volume.format;

import java.util.Arrays;
import java.util.Optional;

/// How a volume protects its chunks. A pointer to a chunk contains the *proof* of it: what tells
/// the chunk from all others.
public enum Suite {
  /// AES-256-GCM. The proof is nonce and tag.
  AES_256_GCM(1, 28),
  /// No encryption of chunks. The proof is 28 zeros and the SHA-256 of the chunk.
  HASHES(2, 60),
  /// AES-256-GCM. The proof is nonce, tag, and the SHA-256 of the ciphertext, so that nobody can
  /// make another chunk for a pointer, even with the key.
  AES_256_GCM_AND_HASHES(3, 60);

  /// Segment, slot and length.
  private static final int PLACE_BYTES = 12;

  private final int number;
  private final int proofBytes;

  Suite(int number, int proofBytes) {
    this.number = number;
    this.proofBytes = proofBytes;
  }

  /// Returns the number that the header has.
  public int number() {
    return number;
  }

  /// Returns how many bytes a proof has.
  public int proofBytes() {
    return proofBytes;
  }

  /// Returns how many bytes a pointer has: place and proof.
  public int pointerBytes() {
    return PLACE_BYTES + proofBytes;
  }

  /// Returns whether chunks are encrypted.
  public boolean encrypts() {
    return this != HASHES;
  }

  /// Returns whether proofs contain a hash.
  public boolean hashes() {
    return this != AES_256_GCM;
  }

  /// Returns the suite with this number, if it is known.
  public static Optional<Suite> of(int number) {
    return Arrays.stream(values()).filter(suite -> suite.number == number).findFirst();
  }
}
