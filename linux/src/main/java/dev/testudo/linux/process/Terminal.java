package dev.testudo.linux.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The terminal of this process (tty(4), pts(4)).
public final class Terminal {
  private Terminal() {}

  /// Returns whether standard input is a terminal. Then a person types, and the program
  /// interprets Ctrl-C.
  public static boolean isStandardInput() {
    try {
      var input = Files.readSymbolicLink(Path.of("/proc/self/fd/0"));
      return input.startsWith("/dev/pts")
          || input.equals(Path.of("/dev/console"))
          || input.toString().startsWith("/dev/tty");
    } catch (IOException e) {
      return false; // closed
    }
  }

  /// Returns whether this process has a controlling terminal that is still open.
  public static boolean isThere() {
    try (var _ = new FileInputStream("/dev/tty")) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
