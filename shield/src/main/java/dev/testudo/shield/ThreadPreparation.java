package dev.testudo.shield;

import java.io.IOException;

/// What happens on the thread that will start the program, before it is caged: the program's view
/// of the file system, for example.
@FunctionalInterface
public interface ThreadPreparation {
  /// Changes the calling thread; an exception keeps the program from starting.
  void prepare() throws IOException;
}
