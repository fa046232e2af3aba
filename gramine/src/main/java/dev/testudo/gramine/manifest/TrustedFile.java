package dev.testudo.gramine.manifest;

/// A file of the host that the program may read if it has the right content.
///
/// @param host where it is on the host
/// @param sha256 the SHA-256 of its content, 64 lower-case hexadecimal digits
public record TrustedFile(String host, String sha256) {
  /// Checks the spelling of the hash.
  public TrustedFile {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("a hash has 64 lower-case hexadecimal digits");
    }
  }
}
