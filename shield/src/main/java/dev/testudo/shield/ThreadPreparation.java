package dev.testudo.shield;

import java.io.IOException;

/// Prepares the thread that will start the program, before the seccomp filter is installed. For
/// example, it sets up the program's view of the file system.
@FunctionalInterface
public interface ThreadPreparation {
  /// Changes the calling thread. If it throws, the program does not start.
  void prepare() throws IOException;
}
