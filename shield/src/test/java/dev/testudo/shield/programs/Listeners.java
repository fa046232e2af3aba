package dev.testudo.shield.programs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The TCP listeners of this machine, looked up without disturbing them.
final class Listeners {
  private static final String LISTENING = "0A";

  private Listeners() {}

  /// Whether somebody listens at `port`, at whatever address.
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
