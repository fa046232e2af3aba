package dev.testudo.agent.view;

import java.io.IOException;
import java.nio.file.Path;

/// An entry to place in the program's view. Paths are absolute.
public sealed interface Placed {
  String path();

  /// An entry that is written into memory.
  sealed interface InMemory extends Placed {}

  /// A directory. One that exists on the machine stays as it is.
  ///
  /// @param mode permission bits for a new directory
  record Directory(String path, int mode) implements InMemory {}

  /// A regular file, which hides one that the machine has at this path.
  ///
  /// @param mode permission bits
  record File(String path, int mode, Content content) implements InMemory {}

  /// A symbolic link.
  record Link(String path, String target) implements InMemory {}

  /// A mount on a directory, without set-user-id programs and devices. The rest of the view is
  /// read-only in any case. Nothing else can be placed below the mount, and no program is found in
  /// it, because its content was not measured.
  record Mount(String path, Mounting mounting) implements Placed {}

  /// Mounts something.
  @FunctionalInterface
  interface Mounting {
    /// Mounts it on the directory `target`, in the mount namespace of the calling thread.
    void at(Path target) throws IOException;
  }
}
