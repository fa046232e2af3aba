package dev.testudo.shield.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;

/// Files that stories transfer.
final class Content {
  private static final int LINE = 100;

  private Content() {}

  /// Creates a file of random bytes, with its directory.
  static Path random(Path file, int size) throws IOException {
    var bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  /// Returns lines of different digits, `size` characters in all.
  static String lines(int size) {
    var text = new StringBuilder(size);
    var source = new Random(size);
    while (text.length() < size) {
      while (text.length() % LINE < LINE - 1) {
        text.append((char) ('0' + source.nextInt(10)));
      }
      text.append('\n');
    }
    return text.toString();
  }

  static String sha256(Path file) throws IOException, GeneralSecurityException {
    var digest = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
  }
}
