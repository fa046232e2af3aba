package dev.testudo.vm.firmware;

import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.util.ArrayList;
import java.util.List;

/// What a firmware wants put into the memory of a trust domain before it starts, in the order in
/// which it is measured: signature `TDVF`, length, version, number of sections, then the sections
/// of 32 bytes each. The entry of the table of GUIDs says how far from the end of the firmware it
/// begins. See Intel's TDX Virtual Firmware Design Guide, "TDVF Metadata".
public record TdxMetadata(List<TdxSection> sections) {
  static final Guid GUID = Guid.parse("e47a6535-984a-4798-865e-4685a7bf8ec2");

  /// The bytes of a page.
  public static final int PAGE = 4096;

  private static final long SIGNATURE = 0x46564454L;
  private static final int VERSION = 1;
  private static final int HEADER = 16;
  private static final int SECTION = 32;
  private static final int MOST_SECTIONS = 64;

  /// All sections together; each page of them costs a hash.
  private static final long MOST_BYTES = 256L << 20;

  /// Copies the sections.
  public TdxMetadata {
    sections = List.copyOf(sections);
  }

  static TdxMetadata read(HostileBytes firmware, long distance) throws VmException {
    var start = firmware.length() - distance;
    var what = "its TDX metadata";
    if (firmware.u32(start, what) != SIGNATURE) {
      throw firmware.malformed("its TDX metadata does not begin with TDVF");
    }
    var length = firmware.u32(start + 4, what);
    var version = firmware.u32(start + 8, what);
    var count = firmware.u32(start + 12, what);
    if (version != VERSION) {
      throw firmware.unsupported("its TDX metadata has version %d".formatted(version));
    }
    if (count > MOST_SECTIONS || length < HEADER + count * SECTION) {
      throw firmware.malformed(
          "its TDX metadata has %d sections in %d bytes".formatted(count, length));
    }
    var sections = new ArrayList<TdxSection>();
    var bytes = 0L;
    for (var at = start + HEADER; sections.size() < count; at += SECTION) {
      var section = section(firmware, at);
      bytes += section.memoryBytes();
      if (bytes > MOST_BYTES) {
        throw VmException.tooLarge(
            "the sections of the firmware's TDX metadata have more than %d bytes"
                .formatted(MOST_BYTES));
      }
      sections.add(section);
    }
    return new TdxMetadata(sections);
  }

  private static TdxSection section(HostileBytes firmware, long at) throws VmException {
    var what = "a section of its TDX metadata";
    var section =
        new TdxSection(
            firmware.u32(at, what),
            firmware.u32(at + 4, what),
            firmware.u64(at + 8, what),
            firmware.u64(at + 16, what),
            firmware.u32(at + 24, what),
            firmware.u32(at + 28, what));
    if (section.address() % PAGE != 0
        || section.memoryBytes() % PAGE != 0
        || section.memoryBytes() > MOST_BYTES) {
      throw firmware.malformed("a section of its TDX metadata is not made of pages");
    }
    if (section.rawBytes() > section.memoryBytes()) {
      throw firmware.malformed("a section of its TDX metadata is longer than its memory");
    }
    return section;
  }
}
