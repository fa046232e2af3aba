package dev.testudo.vm.pe;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// Makes small PE files of 64 bits: a stub or a kernel.
public final class PeImage {
  private static final int PE = 0x40;
  private static final int COFF = PE + 4;
  private static final int OPTIONAL = COFF + 20;
  private static final int OPTIONAL_BYTES = 112 + 16 * 8;
  private static final int TABLE = OPTIONAL + OPTIONAL_BYTES;
  private static final int HEADERS = 0x400;
  private static final int FILE_ALIGNMENT = 0x200;
  private static final int MEMORY_ALIGNMENT = 0x1000;

  /// Where fields are that tests change.
  public static final int SECTION_COUNT = COFF + 2;

  public static final int TIMESTAMP = COFF + 4;
  public static final int SYMBOLS = COFF + 8;
  public static final int MAGIC = OPTIONAL;
  public static final int FIRST_SECTION = TABLE;
  public static final int HEADER_BYTES = OPTIONAL + 60;
  public static final int CHECKSUM = OPTIONAL + 64;
  public static final int DIRECTORY_COUNT = OPTIONAL + 108;
  public static final int CERTIFICATES = OPTIONAL + 112 + 4 * 8;

  private PeImage() {}

  /// Returns a file with sections in this order.
  public static Octets of(SequencedMap<String, byte[]> sections) {
    var size = HEADERS + sections.values().stream().mapToInt(one -> padded(one.length)).sum();
    var file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    file.put(0, "MZ".getBytes(US_ASCII)).putInt(0x3c, PE).putInt(PE, 0x4550);
    file.putShort(COFF, (short) 0x8664).putShort(SECTION_COUNT, (short) sections.size());
    file.putShort(COFF + 16, (short) OPTIONAL_BYTES);
    file.putShort(OPTIONAL, (short) 0x20b);
    file.putInt(OPTIONAL + 32, MEMORY_ALIGNMENT).putInt(OPTIONAL + 36, FILE_ALIGNMENT);
    file.putInt(HEADER_BYTES, HEADERS).putInt(DIRECTORY_COUNT, 16);
    var header = TABLE;
    var offset = HEADERS;
    var address = MEMORY_ALIGNMENT;
    for (var section : sections.entrySet()) {
      var content = section.getValue();
      file.put(header, Arrays.copyOf(section.getKey().getBytes(US_ASCII), 8));
      file.putInt(header + 8, content.length).putInt(header + 12, address);
      file.putInt(header + 16, padded(content.length)).putInt(header + 20, offset);
      file.putInt(header + 36, 0x40000040);
      file.put(offset, content);
      header += 40;
      offset += padded(content.length);
      address += (content.length / MEMORY_ALIGNMENT + 1) * MEMORY_ALIGNMENT;
    }
    return Octets.of(file.array());
  }

  private static int padded(int length) {
    return (length + FILE_ALIGNMENT - 1) / FILE_ALIGNMENT * FILE_ALIGNMENT;
  }

  /// Returns a stub that calls itself one of a version of systemd.
  public static Octets stub(String version) {
    var magic = "#### LoaderInfo: systemd-stub %s ####\0".formatted(version);
    var sections = new LinkedHashMap<String, byte[]>();
    sections.put(".text", new byte[] {(byte) 0xc3});
    sections.put(".sdmagic", magic.getBytes(US_ASCII));
    return of(sections);
  }

  /// Returns a file with another 32-bit integer at a position.
  public static Octets with(Octets file, int at, int value) {
    return Octets.of(
        ByteBuffer.wrap(file.toBytes()).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value).array());
  }
}
