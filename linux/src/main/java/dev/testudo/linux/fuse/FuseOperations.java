package dev.testudo.linux.fuse;

import dev.testudo.linux.sys.Errno;
import java.io.IOException;
import java.util.List;

/// A file system as the kernel asks for it: one method per kind of request. Several threads call
/// it. [FuseRequest#node] is the file, or the directory of a name.
///
/// With the writeback cache and unlimited lifetimes, the kernel does not notice that writing
/// changes the space that a file takes. Who reports this space in [FuseSize#blocks] must tell it
/// ([FuseNotifier#invalidateInode] with a negative offset).
///
/// The server has checked lengths and names before a method is called: a name has 1 to 255 bytes,
/// contains neither `/` nor NUL, and is neither `.` nor `..`. Nothing else is checked.
///
/// A method throws [FuseError] with the error for the program. Another [IOException] becomes EIO
/// for the program and is reported as a failure.
///
/// A method that is not implemented answers ENOSYS. For most requests, the kernel does not send
/// them any more and does what it does for a file system without them:
///
/// - [#open], [#openDirectory]: it opens files without asking. Then [#release] is called only for
///   files that [#create] opened. [FuseOperations#forget] tells when nobody uses a file any more.
/// - [#create]: it calls [#makeNode], then [#open].
/// - [#flush], [#synchronize], [#synchronizeDirectory]: success.
/// - [#copyRange], [#seek]: it copies through its page cache, and finds no holes.
/// - [#access]: success; with `default_permissions` it never asks.
/// - [#extendedStatus]: it calls [#status].
/// - extended attributes, [#allocate]: EOPNOTSUPP.
public interface FuseOperations {
  /// Is called before everything else, when server and kernel have agreed.
  ///
  /// @param notifier tells the kernel about changes that do not come from it; until [#end] returns
  default void begin(FuseAgreement agreement, FuseNotifier notifier) {}

  /// Is called when everything else has returned and nothing more is called.
  default void end() {}

  /// Decides whether a caller is served at all. Is called before each other method for which a
  /// program waits.
  ///
  /// @throws FuseError for a caller that is not
  default void admit(FuseOpcode opcode, FuseRequest request) throws FuseError {}

  /// Finds a name in a directory.
  default FuseEntry lookup(FuseRequest request, byte[] name) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Discards `lookups` lookups of a node. At 0, the kernel has forgotten it.
  default void forget(long node, long lookups) throws IOException {}

  /// Returns the attributes of a file.
  default FuseStatus status(FuseRequest request) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Returns attributes and the time of birth.
  default FuseExtendedStatus extendedStatus(FuseRequest request) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Sets attributes, all or none, and returns the new ones.
  default FuseStatus change(FuseRequest request, FuseChange change) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Returns the target of a symbolic link, at most 4095 bytes.
  default byte[] readLink(FuseRequest request) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Creates a symbolic link.
  ///
  /// @param target 1 to 4095 bytes without NUL
  default FuseEntry symbolicLink(FuseRequest request, byte[] name, byte[] target)
      throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Creates a file that is no directory and no link. EEXIST if the name exists.
  default FuseEntry makeNode(FuseRequest request, byte[] name, FuseCreation creation)
      throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Creates a directory. The type bits of the mode are absent.
  default FuseEntry makeDirectory(FuseRequest request, byte[] name, FuseCreation creation)
      throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Removes a name that leads to no directory.
  default void unlink(FuseRequest request, byte[] name) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Removes an empty directory.
  default void removeDirectory(FuseRequest request, byte[] name) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Renames.
  ///
  /// @param newParent the directory of the new name
  /// @param flags `RENAME_*` of renameat2(2)
  default void rename(FuseRequest request, byte[] name, long newParent, byte[] newName, int flags)
      throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Gives the file `target` a further name in the directory of the request.
  default FuseEntry link(FuseRequest request, byte[] name, long target) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Opens a file.
  ///
  /// @param flags those of open(2), without `O_CREAT`, `O_EXCL` and `O_TRUNC`
  default FuseOpened open(FuseRequest request, int flags) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Creates a regular file and opens it. If the name exists and `O_EXCL` is absent, opens that.
  default FuseCreated create(FuseRequest request, byte[] name, FuseCreation creation)
      throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Creates a regular file without a name and opens it (`O_TMPFILE`).
  default FuseCreated createUnnamed(FuseRequest request, FuseCreation creation) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Reads bytes. Returns their number; less than asked for means the end of the file.
  default int read(FuseRequest request, FuseRead read) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Writes bytes: all of them, or it throws.
  default void write(FuseRequest request, FuseWrite write) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// A descriptor of the file was closed.
  default void flush(FuseRequest request, long handle) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Nobody uses the open file any more.
  default void release(FuseRequest request, long handle) throws IOException {}

  /// Makes the file durable.
  ///
  /// @param dataOnly what is not needed to read the data may be left out (fdatasync(2))
  default void synchronize(FuseRequest request, long handle, boolean dataOnly) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Opens a directory.
  default FuseOpened openDirectory(FuseRequest request, int flags) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Lists a directory, including `.` and `..`.
  ///
  /// @param from 0, or where the entry said that reading goes on
  default void readDirectory(FuseRequest request, long handle, long from, FuseDirectory entries)
      throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// As [#readDirectory], with attributes. It is also the lookup of each entry.
  default void readDirectoryPlus(FuseRequest request, long handle, long from, FuseDirectory entries)
      throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Nobody uses the open directory any more.
  default void releaseDirectory(FuseRequest request, long handle) throws IOException {}

  /// Makes a directory durable.
  default void synchronizeDirectory(FuseRequest request, long handle, boolean dataOnly)
      throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Makes everything durable (syncfs(2)). The kernel asks only servers that it trusts.
  default void synchronizeAll(FuseRequest request) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Returns the space of the file system.
  default FuseSpace space(FuseRequest request) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Checks access, if the mount has no `default_permissions`.
  ///
  /// @param mask `R_OK` (4), `W_OK` (2), `X_OK` (1)
  default void access(FuseRequest request, int mask) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Sets an extended attribute.
  ///
  /// @param name 1 to 255 bytes without NUL
  /// @param value at most 64 KiB
  /// @param flags `XATTR_CREATE` (1), `XATTR_REPLACE` (2)
  default void setAttribute(FuseRequest request, byte[] name, byte[] value, int flags)
      throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Returns an extended attribute. ENODATA if it does not exist.
  default byte[] attribute(FuseRequest request, byte[] name) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Returns the names of all extended attributes.
  default List<byte[]> attributes(FuseRequest request) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Removes an extended attribute. ENODATA if it does not exist.
  default void removeAttribute(FuseRequest request, byte[] name) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Changes the space of a range.
  ///
  /// @param mode `FALLOC_FL_*` of fallocate(2)
  default void allocate(FuseRequest request, FuseRange range, int mode) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Finds data or a hole.
  ///
  /// @param whence `SEEK_DATA` (3) or `SEEK_HOLE` (4)
  default long seek(FuseRequest request, long offset, int whence) throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// Copies a range to `to` of the file `target`, and returns the number of bytes.
  default long copyRange(FuseRequest request, FuseRange range, long target, long to)
      throws IOException {
    throw new FuseError(Errno.ENOSYS);
  }

  /// The mount ends. No further request comes.
  default void destroy() {}
}
