package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.ErrnoException;

/// Tells the kernel that what it has cached is not true any more. If it does not know the file or
/// the name, nothing happens.
public interface FuseNotifier {
  /// Discards cached attributes and a range of cached bytes. With a negative offset it never waits.
  /// Otherwise it waits for requests that are under way on the file, so a thread that serves
  /// requests must not call it.
  ///
  /// @param offset the first byte, or negative for attributes only
  /// @param length 0 for all bytes from `offset`
  /// @throws ErrnoException ENODEV or ENOTCONN if the mount is gone
  void invalidateInode(long node, long offset, long length) throws ErrnoException;

  /// Discards what is known about a name. Waits for requests that are under way on the directory,
  /// so a thread that serves requests must not call it.
  ///
  /// @param name 1 to 255 bytes
  /// @throws ErrnoException ENODEV or ENOTCONN if the mount is gone
  void invalidateEntry(long parent, byte[] name) throws ErrnoException;
}
