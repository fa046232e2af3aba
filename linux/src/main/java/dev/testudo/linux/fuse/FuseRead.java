package dev.testudo.linux.fuse;

/// Room for bytes that are read.
///
/// @param range what to read
/// @param into the bytes go here
/// @param start the place of the first one. The room ends after the length of `range`
@SuppressWarnings("ArrayRecordComponent") // lent, not a value
public record FuseRead(FuseRange range, byte[] into, int start) {
  /// Returns the number of bytes.
  public int length() {
    return (int) range.length();
  }
}
