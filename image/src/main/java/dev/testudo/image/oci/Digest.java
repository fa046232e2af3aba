package dev.testudo.image.oci;

import dev.testudo.trust.attest.evidence.Measurement;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// The digest of a blob, by which images name their parts (OCI image-spec, descriptor.md).
///
/// @param algorithm the hash function
/// @param hex its result in lower-case hexadecimal digits
public record Digest(Algorithm algorithm, String hex) implements Comparable<Digest> {
  /// A hash function that the specification registers.
  public enum Algorithm {
    /// The one that everybody uses.
    SHA256("sha256", "SHA-256", 64),
    /// The other one.
    SHA512("sha512", "SHA-512", 128);

    private final String text;
    private final String name;
    private final int digits;

    Algorithm(String text, String name, int digits) {
      this.text = text;
      this.name = name;
      this.digits = digits;
    }

    /// Returns the word before the colon.
    public String text() {
      return text;
    }

    /// Returns the number of hexadecimal digits of a result.
    public int digits() {
      return digits;
    }

    /// Returns a new hash function.
    public MessageDigest start() {
      try {
        return MessageDigest.getInstance(name);
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }
  }

  /// Checks the spelling.
  public Digest {
    if (!Measurement.isHex(hex, algorithm.digits)) {
      throw new IllegalArgumentException(
          "a %s digest has %d lower-case hexadecimal digits"
              .formatted(algorithm.text, algorithm.digits));
    }
  }

  /// Parses `sha256:` or `sha512:` and the digits; returns empty if `text` is something else.
  public static Optional<Digest> parse(String text) {
    for (var algorithm : Algorithm.values()) {
      var prefix = algorithm.text + ":";
      if (text.startsWith(prefix)
          && Measurement.isHex(text.substring(prefix.length()), algorithm.digits)) {
        return Optional.of(new Digest(algorithm, text.substring(prefix.length())));
      }
    }
    return Optional.empty();
  }

  /// Returns the SHA-256 digest of `bytes`.
  public static Digest of(byte[] bytes) {
    return finish(Algorithm.SHA256, Algorithm.SHA256.start().digest(bytes));
  }

  /// Returns the digest that a hash function gives now, and resets it.
  public static Digest finish(Algorithm algorithm, MessageDigest hash) {
    return finish(algorithm, hash.digest());
  }

  private static Digest finish(Algorithm algorithm, byte[] hash) {
    return new Digest(algorithm, HexFormat.of().formatHex(hash));
  }

  /// Returns the canonical text, such as `sha256:` and 64 digits.
  @Override
  public String toString() {
    return algorithm.text + ":" + hex;
  }

  @Override
  public int compareTo(Digest other) {
    return toString().compareTo(other.toString());
  }
}
