package dev.testudo.trust.measure;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;

/// What is known of the content of a file after it was read once.
///
/// @param size the number of bytes
/// @param sha256 the hash, 64 lower-case hexadecimal digits
/// @param firstLine the first [Interpreter#HEAD] bytes, in Latin-1, if they begin with `#!`;
///     otherwise empty
public record HashedContent(long size, String sha256, String firstLine) {
  /// Returns the programs that run the file, as [Interpreter#of] does.
  public List<String> interpreters() {
    return Interpreter.of(firstLine.getBytes(ISO_8859_1));
  }
}
