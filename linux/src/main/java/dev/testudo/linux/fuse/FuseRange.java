package dev.testudo.linux.fuse;

/// A range of an open file. `offset + length` does not overflow.
///
/// @param handle that of [FuseOpened], or 0
/// @param offset of the first byte, not negative
/// @param length in bytes, not negative
public record FuseRange(long handle, long offset, long length) {}
