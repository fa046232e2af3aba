package dev.testudo.agent.view;

import java.io.IOException;
import java.nio.file.Path;

/// The file system of a program.
public sealed interface ProgramFiles permits ContainerFiles, ProgramView {
  /// Returns what the program would find at an absolute path.
  Found find(String path) throws IOException;

  /// Gives these files to the calling thread and what it starts from now on. The thread must be a
  /// platform thread that is used for nothing else.
  ///
  /// @throws ViewException if the kernel does not allow it; the message says what to change
  void enter() throws IOException;

  /// What is at a path, with links resolved.
  sealed interface Found {
    record Nothing() implements Found {}

    record Directory() implements Found {}

    /// A file of image or policy.
    ///
    /// @param path the path without links
    /// @param mode the permission bits
    record PlacedFile(String path, int mode) implements Found {}

    /// A file that belongs to neither.
    ///
    /// @param path the path on the machine, without links
    record MachineFile(Path path) implements Found {}
  }
}
