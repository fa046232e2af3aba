package dev.testudo.vm.firmware;

import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a firmware wants prepared before a SEV-SNP guest starts, in the order in which it is
/// measured: signature `ASEV`, length, version, number of sections; for each of them address,
/// length and type, each of 32 bits. The entry of the table of GUIDs says how far from the end of
/// the firmware it begins. See edk2, `OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm`.
public record SnpMetadata(List<SnpSection> sections) {
  static final Guid GUID = Guid.parse("dc886566-984a-4798-a75e-5585a7bf67cc");

  /// The bytes of a page.
  public static final int PAGE = 4096;

  private static final long SIGNATURE = 0x56455341L;
  private static final int VERSION = 1;
  private static final int HEADER = 16;
  private static final int SECTION = 12;
  private static final int MOST_SECTIONS = 64;

  /// All sections together; each page of them costs a hash.
  private static final long MOST_BYTES = 256L << 20;

  /// Checks sections that come from elsewhere than a firmware, too.
  ///
  /// @throws IllegalArgumentException if a section is not made of pages, or all together have more
  ///     than 256 MiB
  public SnpMetadata {
    sections = List.copyOf(sections);
    for (var section : sections) {
      if (problem(section).isPresent()) {
        throw new IllegalArgumentException(problem(section).get());
      }
    }
    if (isTooLarge(sections)) {
      throw new IllegalArgumentException(
          "SNP metadata of more than %d bytes".formatted(MOST_BYTES));
    }
  }

  static SnpMetadata read(HostileBytes firmware, long distance) throws VmException {
    var start = firmware.length() - distance;
    var what = "its SNP metadata";
    if (firmware.u32(start, what) != SIGNATURE) {
      throw firmware.malformed("its SNP metadata does not begin with ASEV");
    }
    var length = firmware.u32(start + 4, what);
    var version = firmware.u32(start + 8, what);
    var count = firmware.u32(start + 12, what);
    if (version != VERSION) {
      throw firmware.unsupported("its SNP metadata has version %d".formatted(version));
    }
    if (count > MOST_SECTIONS || length < HEADER + count * SECTION) {
      throw firmware.malformed(
          "its SNP metadata has %d sections in %d bytes".formatted(count, length));
    }
    var sections = new ArrayList<SnpSection>();
    for (var at = start + HEADER; sections.size() < count; at += SECTION) {
      sections.add(section(firmware, at));
    }
    if (isTooLarge(sections)) {
      throw VmException.tooLarge(
          "the sections of the firmware's SNP metadata have more than %d bytes"
              .formatted(MOST_BYTES));
    }
    return new SnpMetadata(sections);
  }

  private static boolean isTooLarge(List<SnpSection> sections) {
    var left = MOST_BYTES;
    for (var section : sections) {
      if (section.bytes() > left) {
        return true;
      }
      left -= section.bytes();
    }
    return false;
  }

  private static SnpSection section(HostileBytes firmware, long at) throws VmException {
    var what = "a section of its SNP metadata";
    var code = firmware.u32(at + 8, what);
    var type =
        SnpSectionType.of(code)
            .orElseThrow(
                () ->
                    firmware.unsupported(
                        "its SNP metadata has a section of unknown type %d".formatted(code)));
    var section = new SnpSection(type, firmware.u32(at, what), firmware.u32(at + 4, what));
    var problem = problem(section);
    if (problem.isPresent()) {
      throw firmware.malformed(problem.get());
    }
    return section;
  }

  private static Optional<String> problem(SnpSection section) {
    if (section.address() % PAGE != 0 || section.bytes() % PAGE != 0 || section.bytes() <= 0) {
      return Optional.of("a section of its SNP metadata is not made of pages");
    }
    if (section.type().isOnePage() && section.bytes() != PAGE) {
      return Optional.of(
          "the section %s of its SNP metadata is not a single page".formatted(section.type()));
    }
    return Optional.empty();
  }

  /// Returns the first section of a type.
  public Optional<SnpSection> first(SnpSectionType type) {
    return sections.stream().filter(section -> section.type() == type).findFirst();
  }
}
