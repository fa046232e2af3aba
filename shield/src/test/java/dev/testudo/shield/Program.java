package dev.testudo.shield;

import dev.testudo.linux.process.Child;
import dev.testudo.linux.process.Exit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A program that was started under a shield. Its output goes to a file.
@SuppressWarnings("exports") // tests see the modules of their own project
public interface Program {
  int KILL = 9;

  Child child();

  Path output();

  /// Waits for the program to end. The exit code must be 0.
  default String succeeds() {
    var exit = end();
    if (!exit.equals(new Exit.Exited(0))) {
      throw new AssertionError(exit + ":\n" + text());
    }
    return text();
  }

  default Exit end() {
    try {
      return child().await();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  default String text() {
    try {
      return Files.readString(output());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until the program has written `line`.
  default void says(String line) throws InterruptedException {
    Eventually.holds(
        () -> text().lines().anyMatch(line::equals), () -> "never said `" + line + "`:\n" + text());
  }

  default void kill() {
    try {
      child().signal(KILL);
      child().await();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
