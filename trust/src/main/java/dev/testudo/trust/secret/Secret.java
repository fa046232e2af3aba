package dev.testudo.trust.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;

/// Bytes that are lent and never handed out; printing one shows its length only. Every exposure is
/// found by searching for `.reveal`.
///
/// Closing wipes the bytes; a closed secret is empty zeros of the same length.
public final class Secret implements AutoCloseable {
  private final byte[] bytes;

  private Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  /// A secret holding a copy of `bytes`; the caller keeps its own.
  public static Secret copyOf(byte[] bytes) {
    return new Secret(bytes.clone());
  }

  /// A secret that takes over `bytes`; the caller must not use them any more.
  public static Secret taking(byte[] bytes) {
    return new Secret(bytes);
  }

  /// The UTF-8 bytes of `text`. The string itself cannot be wiped; it is the caller's.
  public static Secret ofText(String text) {
    return new Secret(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Lends the bytes to `use`, which must not keep them.
  public <R> R reveal(Function<byte[], R> use) {
    return use.apply(bytes);
  }

  /// What is done with bytes that are lent, and may fail.
  @FunctionalInterface
  public interface Use<R, X extends Exception> {
    /// Does it, and keeps none of `bytes`.
    R of(byte[] bytes) throws X;
  }

  /// As [#reveal(Function)].
  public <R, X extends Exception> R revealOrThrow(Use<R, X> use) throws X {
    return use.of(bytes);
  }

  /// Whether both hold the same bytes; the time taken depends on lengths only.
  public boolean matches(Secret other) {
    return MessageDigest.isEqual(bytes, other.bytes);
  }

  /// Number of bytes.
  public int length() {
    return bytes.length;
  }

  /// Overwrites the bytes with zeros.
  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "Secret[%d bytes]".formatted(bytes.length);
  }
}
