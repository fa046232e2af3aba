package dev.testudo.vm.pe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Writes unified kernel images: the stub's headers and sections, and behind them the sections of
/// [UkiSection] in their order. The same parts give the same bytes:
///
/// - The stub's sections keep their addresses. Each further section begins at the next page.
/// - In the file, all sections follow one another without gaps, padded with zeros.
/// - There is no timestamp, no symbol table and no signature; what the stub has of them is dropped.
/// - The checksum is the one that the PE format defines.
public final class UkiWriter {
  private static final int PAGE = 4096;
  private static final int FLAGS_OF_DATA = 0x40000040; // initialised, readable
  private static final int LEAST_ALIGNMENT = 8;

  private final PeFile stub;
  private final int fileAlignment;
  private final int sectionAlignment;
  private final List<Placed> placed = new ArrayList<>();
  private long fileEnd;
  private long memoryEnd;

  private record Placed(PeSection section, Octets content) {}

  private UkiWriter(PeFile stub) throws VmException {
    this.stub = stub;
    this.sectionAlignment = alignment(32);
    this.fileAlignment = alignment(36);
    this.fileEnd = aligned(stub.layout().headerBytes(), fileAlignment);
  }

  /// Writes an image.
  ///
  /// @param stub a stub of systemd, such as `linuxx64.efi.stub`, that nobody signed
  /// @param sections the contents of the sections to add; none of them empty
  /// @throws VmException if the stub is no PE file without signatures, has one of the sections, or
  ///     has no room for them in its headers
  public static Octets write(Octets stub, Map<UkiSection, Octets> sections) throws VmException {
    var writer = new UkiWriter(PeFile.read("the stub", stub));
    writer.placeStub();
    for (var section : UkiSection.values()) {
      if (sections.containsKey(section)) {
        writer.add(section.text(), sections.get(section));
      }
    }
    return writer.bytes();
  }

  private int alignment(int field) throws VmException {
    var value = stub.bytes().u32(stub.layout().optional() + field);
    if (value < LEAST_ALIGNMENT || value > 1 << 16 || Long.bitCount(value) != 1) {
      throw VmException.malformed("the stub is malformed: an alignment of %d".formatted(value));
    }
    return (int) value;
  }

  private static long aligned(long value, long alignment) {
    return (value + alignment - 1) / alignment * alignment;
  }

  private void placeStub() throws VmException {
    var entry = stub.layout().certificates();
    if (entry.isPresent() && stub.bytes().u64(entry.getAsInt()) != 0) {
      throw VmException.unsupported(
          "the stub is signed, which no longer holds once sections are added; take an unsigned"
              + " one");
    }
    for (var section : stub.sections()) {
      var content = stub.bytes().slice((int) section.offset(), (int) section.fileBytes());
      if (section.address() < memoryEnd) {
        throw VmException.malformed(
            "the stub is malformed: the section %s is not behind the one before it"
                .formatted(section.name()));
      }
      place(section, content);
    }
  }

  private void add(String name, Octets content) throws VmException {
    if (stub.section(name).isPresent()) {
      throw VmException.unsupported("the stub has a section %s already".formatted(name));
    }
    if (content.length() == 0) {
      throw VmException.malformed("the section %s is empty".formatted(name));
    }
    var address = aligned(memoryEnd, Math.max(PAGE, sectionAlignment));
    place(new PeSection(name, address, content.length(), 0, 0, FLAGS_OF_DATA), content);
  }

  private void place(PeSection section, Octets content) throws VmException {
    var fileBytes = aligned(content.length(), fileAlignment);
    placed.add(
        new Placed(
            new PeSection(
                section.name(),
                section.address(),
                section.memoryBytes(),
                fileBytes == 0 ? 0 : fileEnd,
                fileBytes,
                section.characteristics()),
            content));
    fileEnd += fileBytes;
    memoryEnd = section.address() + Math.max(section.memoryBytes(), 1);
    if (fileEnd > PeFile.MOST_BYTES || memoryEnd > Integer.MAX_VALUE) {
      throw VmException.tooLarge("the image has more than %d bytes".formatted(PeFile.MOST_BYTES));
    }
  }

  private Octets bytes() throws VmException {
    var layout = stub.layout();
    var tableEnd = layout.sectionTable() + placed.size() * PeSection.HEADER_BYTES;
    if (tableEnd > layout.headerBytes() || placed.size() > PeFile.MOST_SECTIONS) {
      throw VmException.unsupported(
          "the stub has no room for %d sections in its headers".formatted(placed.size()));
    }
    var file = ByteBuffer.allocate((int) fileEnd).order(ByteOrder.LITTLE_ENDIAN);
    file.put(stub.bytes().slice(0, layout.sectionTable()).buffer());
    for (var one : placed) {
      header(file, one.section());
      if (one.section().fileBytes() != 0) {
        file.put((int) one.section().offset(), one.content().toBytes());
      }
    }
    fields(file);
    file.putInt(layout.checksum(), PeChecksum.of(file.array(), layout.checksum()));
    return Octets.of(file.array());
  }

  private static void header(ByteBuffer file, PeSection section) {
    var name = section.name().getBytes(ISO_8859_1);
    file.put(name)
        .put(new byte[8 - name.length])
        .putInt((int) section.memoryBytes())
        .putInt((int) section.address())
        .putInt((int) section.fileBytes())
        .putInt((int) section.offset())
        .putLong(0) // relocations and line numbers, which only object files have
        .putInt(0)
        .putInt((int) section.characteristics());
  }

  private void fields(ByteBuffer file) {
    var coff = stub.layout().coff();
    var optional = stub.layout().optional();
    var initialised =
        placed.stream()
            .map(Placed::section)
            .filter(section -> (section.characteristics() & 0x40) != 0)
            .mapToLong(PeSection::fileBytes)
            .sum();
    file.putShort(coff + 2, (short) placed.size());
    file.putInt(coff + 4, 0); // timestamp
    file.putInt(coff + 8, 0); // symbol table
    file.putInt(coff + 12, 0); // number of symbols
    file.putInt(optional + 8, (int) initialised);
    file.putInt(optional + 56, (int) aligned(memoryEnd, sectionAlignment)); // size of the image
    file.putInt(stub.layout().checksum(), 0);
  }
}
