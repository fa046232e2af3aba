package dev.testudo.volume.store;

import java.util.Arrays;
import java.util.Optional;

/// The kinds of records of a journal.
enum RecordKind {
  /// A mount begins, and says what it continues.
  MOUNT(1),
  /// Changes that are made together.
  COMMIT(2),
  /// The whole state; the first record of each journal.
  CHECKPOINT(3),
  /// The mount has ended cleanly.
  SEAL(4);

  private final int number;

  RecordKind(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  static Optional<RecordKind> of(int number) {
    return Arrays.stream(values()).filter(kind -> kind.number == number).findFirst();
  }
}
