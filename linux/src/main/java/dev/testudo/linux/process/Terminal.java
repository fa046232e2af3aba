package dev.testudo.linux.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The terminal of this process (tty(4), pts(4)).
public final class Terminal {
  private Terminal() {}

  /// Whether standard input is a terminal: a person types, and Ctrl-C is the program's to
  /// interpret.
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

  /// Whether this process has a controlling terminal now. One that has been closed is none.
  public static boolean isThere() {
    try (var _ = new FileInputStream("/dev/tty")) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
