package dev.testudo.vm.pe;

/// A section of a PE file (PE format specification, "Section Table").
///
/// @param name up to eight characters, such as `.linux`
/// @param address where it is in memory, from the beginning of the image
/// @param memoryBytes how long it is there; if that is less than in the file, the rest is padding
/// @param offset where it is in the file, 0 if nothing of it is there
/// @param fileBytes how long it is there
/// @param characteristics its flags
public record PeSection(
    String name,
    long address,
    long memoryBytes,
    long offset,
    long fileBytes,
    long characteristics) {
  /// The bytes of an entry of the section table.
  static final int HEADER_BYTES = 40;

  /// Returns how many bytes of the file are its content, without padding.
  public long contentBytes() {
    return Math.min(memoryBytes, fileBytes);
  }
}
