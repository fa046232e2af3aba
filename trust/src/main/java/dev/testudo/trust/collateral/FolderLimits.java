package dev.testudo.trust.collateral;

/// How much a folder holds. What does not fit is refused; nothing is removed to make room.
///
/// @param documents the most documents
/// @param bytes the most bytes of all files together
record FolderLimits(int documents, long bytes) {
  static final FolderLimits USUAL = new FolderLimits(10_000, 128L << 20);
}
