package dev.testudo.volume.file;

/// Cuts a range of a file at the ends of chunks.
///
/// @param chunk the size of a chunk
record Pieces(int chunk) {
  /// A part of one chunk.
  ///
  /// @param number the chunk
  /// @param from where the part begins in it
  /// @param to where the part ends in it, exclusive
  record Piece(long number, int from, int to) {
    int length() {
      return to - from;
    }
  }

  /// Returns the first piece of a range that is not empty.
  Piece first(long offset, long length) {
    long number = offset / chunk;
    int from = (int) (offset % chunk);
    return new Piece(number, from, (int) Math.min(chunk, from + length));
  }

  /// Returns how many chunks a file of this size has if it has no holes.
  long count(long size) {
    return (size + chunk - 1) / chunk;
  }
}
