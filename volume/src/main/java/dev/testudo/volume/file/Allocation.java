package dev.testudo.volume.file;

/// What fallocate(2) does.
public enum Allocation {
  /// Extends the file with zeros if the range ends after it. No space is reserved.
  EXTEND,
  /// `FALLOC_FL_KEEP_SIZE`: checks that there is space.
  KEEP_SIZE,
  /// `FALLOC_FL_PUNCH_HOLE`: the range becomes a hole.
  PUNCH_HOLE,
  /// `FALLOC_FL_ZERO_RANGE`: the range becomes zeros, and the file longer if it ends before.
  ZERO,
  /// `FALLOC_FL_ZERO_RANGE` with `FALLOC_FL_KEEP_SIZE`.
  ZERO_KEEP_SIZE
}
