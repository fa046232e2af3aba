package dev.testudo.volume;

import java.util.Arrays;
import java.util.Optional;

/// How a volume protects its chunks. 2 (hashes only) and 3 (encryption and hashes) are reserved.
enum Suite {
  /// AES-256-GCM for each chunk; its tag is in the pointer to the chunk.
  AES_256_GCM(1);

  private final int number;

  Suite(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static Optional<Suite> of(int number) {
    return Arrays.stream(values()).filter(suite -> suite.number == number).findFirst();
  }
}
