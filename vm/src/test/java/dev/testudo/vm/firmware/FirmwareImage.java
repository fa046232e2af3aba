package dev.testudo.vm.firmware;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;

/// Makes firmwares with a table of GUIDs and metadata, right and wrong ones.
public final class FirmwareImage {
  private static final String FOOTER = "96b582de-1fb2-45f7-baea-a366c55a082d";
  private static final int TABLE_END = 32;

  private final ByteBuffer bytes;
  private final Deque<byte[]> entries = new ArrayDeque<>();

  /// Begins with a firmware of zeros.
  public FirmwareImage(int pages) {
    bytes = ByteBuffer.allocate(pages * 4096).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Writes bytes.
  public FirmwareImage put(int at, byte[] content) {
    bytes.put(at, content);
    return this;
  }

  /// Adds an entry with a number.
  public FirmwareImage number(String guid, int number) {
    return entry(
        guid, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array());
  }

  /// Adds an entry.
  public FirmwareImage entry(String guid, byte[] data) {
    return entry(guid, data, data.length + 18);
  }

  /// Adds an entry that says to have another length.
  public FirmwareImage entry(String guid, byte[] data, int length) {
    entries.add(
        ByteBuffer.allocate(data.length + 18)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(data)
            .putShort((short) length)
            .put(Guid.parse(guid).bytes())
            .array());
    return this;
  }

  /// Adds metadata at a distance from the end: header, then a number of 32-bit integers.
  public FirmwareImage metadata(
      String guid, String signature, int distance, int count, int... words) {
    number(guid, distance);
    var at = bytes.capacity() - distance;
    bytes.position(at);
    bytes.put(signature.getBytes(US_ASCII));
    bytes.putInt(16 + 4 * words.length).putInt(1).putInt(count);
    for (var word : words) {
      bytes.putInt(word);
    }
    return this;
  }

  /// Returns the firmware with its table.
  public Octets build() {
    return build(entries.stream().mapToInt(entry -> entry.length).sum() + 18);
  }

  /// Returns the firmware with a table that says to have another length.
  public Octets build(int length) {
    var at = bytes.capacity() - TABLE_END - 16;
    bytes.put(at, Guid.parse(FOOTER).bytes());
    at -= 2;
    bytes.putShort(at, (short) length);
    for (var entry : entries) {
      at -= entry.length;
      bytes.put(at, entry);
    }
    return Octets.of(bytes.array());
  }
}
