package dev.testudo.trust.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Function;

/// A secret value. Its bytes are only lent to functions, and its text form shows the length only.
/// Search for `.reveal` to find every place that sees the bytes.
///
/// [#close()] overwrites the bytes with zeros; the length stays.
public final class Secret implements AutoCloseable {
  private final byte[] bytes;

  private Secret(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Returns a secret with a copy of `bytes`. The caller keeps its own.
  public static Secret copyOf(byte[] bytes) {
    return new Secret(bytes.clone());
  }

  /// Returns a secret that takes ownership of `bytes`. The caller must not use them any more.
  public static Secret taking(byte[] bytes) {
    return new Secret(bytes);
  }

  /// Returns a secret with the UTF-8 bytes of `text`. The string itself cannot be wiped.
  public static Secret ofText(String text) {
    return new Secret(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Calls `use` with the bytes, which it must not keep.
  public <R> R reveal(Function<byte[], R> use) {
    return use.apply(bytes);
  }

  /// A function of the bytes that may throw.
  @FunctionalInterface
  public interface Use<R, X extends Exception> {
    /// Uses the bytes without keeping them.
    R of(byte[] bytes) throws X;
  }

  /// Calls `use` with the bytes, like [#reveal(Function)], and passes on its exception.
  public <R, X extends Exception> R revealOrThrow(Use<R, X> use) throws X {
    return use.of(bytes);
  }

  /// Returns true if both secrets have the same bytes. The time taken depends on the lengths only.
  public boolean matches(Secret other) {
    return MessageDigest.isEqual(bytes, other.bytes);
  }

  /// Returns the number of bytes.
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
