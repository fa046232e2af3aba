package dev.testudo.vm.pe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A PE/COFF file that was read, of 32 or 64 bits. Sections neither overlap nor leave the file, so
/// each byte has one meaning. See Microsoft's PE format specification.
///
/// @param bytes the file
/// @param layout where its headers are
/// @param sections its sections, in the order of the section table
public record PeFile(Octets bytes, PeLayout layout, List<PeSection> sections) {
  /// The most bytes of a file.
  public static final int MOST_BYTES = 512 << 20;

  /// The most sections: as many as Windows loads.
  public static final int MOST_SECTIONS = 96;

  /// Copies the sections.
  public PeFile {
    sections = List.copyOf(sections);
  }

  /// Reads a file.
  ///
  /// @param name what it is, for messages, such as `the kernel`
  /// @throws VmException if it is no PE file, or a malformed one
  public static PeFile read(String name, Octets bytes) throws VmException {
    var file = HostileBytes.of(name, bytes, MOST_BYTES);
    var layout = PeLayout.read(file);
    var sections = new ArrayList<PeSection>();
    for (var i = 0; i < layout.sectionCount(); i++) {
      sections.add(section(file, layout.sectionTable() + i * PeSection.HEADER_BYTES));
    }
    checkPlaces(file, layout, sections);
    return new PeFile(bytes, layout, sections);
  }

  private static PeSection section(HostileBytes file, long at) throws VmException {
    var header = file.slice(at, PeSection.HEADER_BYTES, "its section table");
    var name = new String(header.slice(0, 8).toBytes(), ISO_8859_1).replaceFirst("\0+$", "");
    if (name.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw file.malformed("the name of a section is not printable");
    }
    if (name.startsWith("/")) {
      throw file.unsupported("a section has a name of more than eight characters");
    }
    var fileBytes = header.u32(16);
    // Where nothing of a section is in the file, its place there has no meaning.
    var offset = fileBytes == 0 ? 0 : header.u32(20);
    return new PeSection(name, header.u32(12), header.u32(8), offset, fileBytes, header.u32(36));
  }

  private static void checkPlaces(HostileBytes file, PeLayout layout, List<PeSection> sections)
      throws VmException {
    var end = layout.headerBytes();
    for (var section : ordered(sections)) {
      if (section.offset() < end) {
        throw file.malformed("the section %s overlaps what is before it".formatted(section.name()));
      }
      file.slice(section.offset(), section.fileBytes(), "the section " + section.name());
      end = section.offset() + section.fileBytes();
    }
  }

  /// Returns those of the sections that are in the file, in the order of their places in it.
  static List<PeSection> ordered(List<PeSection> sections) {
    return sections.stream()
        .filter(section -> section.fileBytes() != 0)
        .sorted((one, other) -> Long.compare(one.offset(), other.offset()))
        .toList();
  }

  /// Returns the section with a name.
  ///
  /// @throws VmException if there are several, of which readers would choose different ones
  public Optional<PeSection> section(String name) throws VmException {
    var found = sections.stream().filter(section -> section.name().equals(name)).toList();
    if (found.size() > 1) {
      throw VmException.malformed("a PE file has the section %s twice".formatted(name));
    }
    return found.stream().findFirst();
  }

  /// Returns the content of a section of this file: what a loader puts into memory, without the
  /// zeros that only memory has.
  public Octets content(PeSection section) {
    return bytes.slice((int) section.offset(), (int) section.contentBytes());
  }
}
