package dev.testudo.volume;

/// The limits of a read-only volume. Writer and reader refuse what exceeds them.
public final class VolumeLimits {
  /// How many files, directories and links there may be, with the root.
  public static final int MOST_ENTRIES = 20_000;

  /// How many bytes a file may have.
  public static final long LARGEST_FILE = 512L << 20;

  /// How many bytes all files may have together.
  public static final long MOST_BYTES = 4L << 30;

  /// How many bytes a path may have.
  public static final int LONGEST_PATH = 4095;

  /// How many bytes a name may have.
  public static final int LONGEST_NAME = 255;

  /// How many bytes the target of a symbolic link may have.
  public static final int LONGEST_TARGET = 1024;

  /// How many directories may be above an entry.
  public static final int DEEPEST = 64;

  private VolumeLimits() {}
}
