package dev.testudo.volume.store;

import java.io.IOException;

/// A file of a [Backing]. Methods may be called by any thread.
public interface BackingFile extends AutoCloseable {
  /// Returns the number of bytes.
  long size() throws IOException;

  /// Reads up to `length` bytes. Returns less only at the end of the file.
  int read(long position, byte[] into, int offset, int length) throws IOException;

  /// Writes all `length` bytes.
  ///
  /// @throws NoSpaceException if there is no space
  void write(long position, byte[] from, int offset, int length) throws IOException;

  /// Reserves space, and makes the file at least that long.
  ///
  /// @throws NoSpaceException if there is no space
  void allocate(long position, long length) throws IOException;

  /// Gives space back, if the disk can. What is read there afterwards is not defined.
  void punch(long position, long length) throws IOException;

  /// Makes everything durable that was written before: fdatasync(2).
  void sync() throws IOException;

  @Override
  void close() throws IOException;
}
