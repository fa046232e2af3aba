package dev.testudo.linux.fuse;

/// Takes the entries of a directory as long as the reply has room.
public interface FuseDirectory {
  /// Adds an entry without attributes. Only within [FuseOperations#readDirectory].
  ///
  /// @param name 1 to 255 bytes
  /// @param inode the inode number, not 0
  /// @param mode the type bits of the file
  /// @param next where reading goes on after this entry: any number but 0 that the server
  ///     understands later
  /// @return whether it had room; if not, the reply is full
  boolean add(byte[] name, long inode, int mode, long next);

  /// Adds an entry with attributes, for which the kernel counts a lookup unless it is `.` or `..`.
  /// Only within [FuseOperations#readDirectoryPlus].
  ///
  /// @return whether it had room; if not, nothing is counted
  boolean add(byte[] name, FuseEntry entry, long next);
}
