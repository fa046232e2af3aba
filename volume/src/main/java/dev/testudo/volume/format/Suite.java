package dev.testudo.volume.format;

import java.util.Arrays;
import java.util.Optional;

/// How a volume protects its chunks. 2 (hashes only) and 3 (encryption and hashes) are reserved.
public enum Suite {
  /// AES-256-GCM for each chunk; its tag is in the pointer to the chunk.
  AES_256_GCM(1);

  private final int number;

  Suite(int number) {
    this.number = number;
  }

  /// Returns the number that the header has.
  public int number() {
    return number;
  }

  /// Returns the suite with this number, if it is known.
  public static Optional<Suite> of(int number) {
    return Arrays.stream(values()).filter(suite -> suite.number == number).findFirst();
  }
}
