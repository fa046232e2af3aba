package dev.testudo.gramine.measure;

import dev.testudo.gramine.GramineException;

/// How large an enclave is.
///
/// @param bytes its size, a power of two
/// @param threads how many threads can be in it at once; with dynamic memory, how many it begins
///     with
/// @param dynamicMemory whether memory is added while it runs (EDMM), not before
public record EnclaveShape(long bytes, int threads, boolean dynamicMemory) {
  /// The size of most enclaves.
  public static final long USUAL_BYTES = 1L << 30;

  /// The threads of most enclaves.
  public static final int USUAL_THREADS = 64;

  /// The fewest threads: Gramine has up to three of its own.
  public static final int FEWEST_THREADS = 4;

  /// The most threads.
  public static final int MOST_THREADS = 1024;

  private static final long MEBIBYTE = 1L << 20;
  private static final long MOST_BYTES = 64L << 30;
  private static final long MOST_DYNAMIC_BYTES = 1L << 40;

  /// Checks the numbers, which [#of] has promised.
  public EnclaveShape {
    if (Long.bitCount(bytes) != 1 || bytes < MEBIBYTE || bytes > MOST_DYNAMIC_BYTES) {
      throw new IllegalArgumentException("the size of an enclave is out of range");
    }
    if (threads < FEWEST_THREADS || threads > MOST_THREADS) {
      throw new IllegalArgumentException("the number of threads is out of range");
    }
  }

  /// Reads a size, as in `512M` or `4G`, and checks it with the others.
  ///
  /// @throws GramineException if no enclave has this shape; the message says which number is wrong
  public static EnclaveShape of(String size, int threads, boolean dynamicMemory)
      throws GramineException {
    var bytes = bytes(size);
    var most = dynamicMemory ? MOST_DYNAMIC_BYTES : MOST_BYTES;
    if (Long.bitCount(bytes) != 1 || bytes < MEBIBYTE) {
      throw GramineException.unsupported(
          "the size of an enclave is a power of two, at least 1M, and `%s` is none"
              .formatted(size));
    }
    if (bytes > most) {
      throw GramineException.tooLarge(
          "an enclave of `%s` is larger than %s".formatted(size, text(most)));
    }
    if (threads < FEWEST_THREADS || threads > MOST_THREADS) {
      throw GramineException.unsupported(
          "an enclave has %d to %d threads, not %d"
              .formatted(FEWEST_THREADS, MOST_THREADS, threads));
    }
    return new EnclaveShape(bytes, threads, dynamicMemory);
  }

  /// Reads a number of bytes, as in `512K`, `16M` or `4G`.
  ///
  /// @throws GramineException if it is none
  public static long bytes(String size) throws GramineException {
    if (!size.matches("[1-9][0-9]{0,6}[KMG]")) {
      throw GramineException.unsupported(
          "`%s` is no size; write it as in `512K`, `16M` or `4G`".formatted(size));
    }
    var number = Long.parseLong(size.substring(0, size.length() - 1));
    return switch (size.charAt(size.length() - 1)) {
      case 'K' -> number << 10;
      case 'M' -> number << 20;
      default -> number << 30;
    };
  }

  /// Returns the size as Gramine reads it.
  public String size() {
    return text(bytes);
  }

  private static String text(long bytes) {
    return bytes % (1L << 30) == 0 ? (bytes >> 30) + "G" : (bytes >> 20) + "M";
  }
}
