package dev.testudo.gramine.elf;

/// A segment that is loaded into memory (`PT_LOAD`).
///
/// @param offset where its content begins in the file
/// @param address where it begins in memory, relative to where the file is loaded
/// @param fileSize the bytes that come from the file
/// @param memorySize the bytes in memory, at least `fileSize`; what the file lacks is zero
/// @param access what a program may do with it
public record ElfSegment(long offset, long address, long fileSize, long memorySize, Access access) {

  /// What a program may do with a segment.
  public record Access(boolean read, boolean write, boolean execute) {}

  /// Returns the address of its first page.
  public long firstPage() {
    return address - address % ElfFile.PAGE;
  }

  /// Returns the address behind its last page.
  public long endOfPages() {
    var end = address + memorySize;
    return end + (ElfFile.PAGE - end % ElfFile.PAGE) % ElfFile.PAGE;
  }

  /// Returns whether an address is in it.
  boolean contains(long place) {
    return place >= address && place < address + memorySize;
  }
}
