package dev.testudo.agent.view;

import dev.testudo.linux.sys.Fd;

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
  ///
  /// @param tree a detached mount: from [Mounts#copy], open_tree(2) or fsmount(2). It can be
  ///     attached once; the caller closes it afterwards
  /// @param writable whether the program may write where the permissions allow it
  record Mount(String path, Fd tree, boolean writable) implements Placed {}
}
