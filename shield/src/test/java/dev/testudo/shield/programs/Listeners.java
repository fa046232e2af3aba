package dev.testudo.shield.programs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Finds the TCP listeners of this machine without connecting to them.
final class Listeners {
  private static final String LISTENING = "0A";

  private Listeners() {}

  /// Returns whether a socket listens at `port`, at any address.
  static boolean at(int port) {
    var suffix = ":%04X".formatted(port);
    return List.of("tcp", "tcp6").stream()
        .flatMap(table -> lines(table).stream())
        .map(line -> line.strip().split("\\s+"))
        .anyMatch(fields -> fields[1].endsWith(suffix) && fields[3].equals(LISTENING));
  }

  private static List<String> lines(String table) {
    try {
      return Files.readAllLines(Path.of("/proc/net", table));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
