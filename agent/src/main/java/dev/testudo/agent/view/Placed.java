package dev.testudo.agent.view;

import dev.testudo.linux.sys.Fd;

/// Something that shall be at a path in the program's view. Paths are absolute.
public sealed interface Placed {
  String path();

  /// Something that is written into memory.
  sealed interface InMemory extends Placed {}

  /// A directory; one that the machine has already stays as it is.
  ///
  /// @param mode permission bits, used when the directory is new
  record Directory(String path, int mode) implements InMemory {}

  /// A regular file, which hides one that the machine has at this path.
  ///
  /// @param mode permission bits
  record File(String path, int mode, Content content) implements InMemory {}

  /// A symbolic link.
  record Link(String path, String target) implements InMemory {}

  /// A mount on a directory, without set-user-id programs and devices. The rest of the view is
  /// read-only whether the mount is writable or not. Nothing else can be placed below it, and no
  /// program is found in it, because nothing in it was measured.
  ///
  /// @param tree a mount that is attached nowhere yet: of [Mounts#copy], open_tree(2) or
  ///     fsmount(2). It can be attached once; the caller closes it after that
  /// @param writable whether the program may write what the permissions of the files allow
  record Mount(String path, Fd tree, boolean writable) implements Placed {}
}
