package dev.testudo.linux.fuse;

/// Bytes to write. The array is reused when the operation has returned.
///
/// @param range where to write
/// @param bytes contains what to write
/// @param start the first byte of it
/// @param fromCache the kernel writes back its page cache; the request's user, group and process
///     are not those of the writer
/// @param dropPrivileges as in [FuseChange]
@SuppressWarnings("ArrayRecordComponent") // lent, not a value
public record FuseWrite(
    FuseRange range, byte[] bytes, int start, boolean fromCache, boolean dropPrivileges) {
  /// Returns the number of bytes.
  public int length() {
    return (int) range.length();
  }
}
