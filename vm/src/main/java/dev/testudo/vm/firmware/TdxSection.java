package dev.testudo.vm.firmware;

/// A section of TDX metadata: what of the firmware is put where in the memory of a trust domain.
///
/// @param offset where its bytes begin in the firmware
/// @param rawBytes how many bytes of the firmware it has; the rest of its memory is zero
/// @param address the guest's physical address, a multiple of 4096
/// @param memoryBytes its length in memory, a multiple of 4096
/// @param type what it is for, as the TDVF design guide numbers it, such as 0 for the firmware
/// @param attributes bit 0: its content extends MRTD; bit 1: its pages are added later
public record TdxSection(
    long offset, long rawBytes, long address, long memoryBytes, long type, long attributes) {
  private static final int EXTENDS = 1;
  private static final int ADDED_LATER = 2;

  /// Returns whether its content extends MRTD.
  public boolean extendsMrtd() {
    return (attributes & EXTENDS) != 0;
  }

  /// Returns whether its pages are accepted by the running guest, so adding them is not measured.
  public boolean isAddedLater() {
    return (attributes & ADDED_LATER) != 0;
  }
}
