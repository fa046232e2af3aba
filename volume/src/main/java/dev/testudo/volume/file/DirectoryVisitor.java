package dev.testudo.volume.file;

import java.io.IOException;

/// Receives the entries of a directory in the order of their cookies.
@FunctionalInterface
public interface DirectoryVisitor {
  /// Receives an entry.
  ///
  /// @param name the name, any bytes but `/` and NUL
  /// @param number the inode
  /// @param type its type, as `d_type` of readdir(3)
  /// @param cookie what [FileSystem#list] needs to begin after this entry
  /// @return whether to go on
  boolean entry(byte[] name, long number, int type, long cookie) throws IOException;
}
