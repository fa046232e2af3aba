package dev.testudo.vm.firmware;

import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/// A GUID as UEFI stores it: the first three of its fields are little endian (UEFI specification,
/// appendix A).
public record Guid(UUID id) {
  /// The number of bytes of a GUID.
  public static final int BYTES = 16;

  /// Reads the usual text.
  ///
  /// @throws IllegalArgumentException if `text` is something else
  public static Guid parse(String text) {
    return new Guid(UUID.fromString(text));
  }

  /// Returns the GUID that is stored in 16 bytes.
  public static Guid stored(Octets bytes) {
    var high = bytes.u32(0) << 32 | (bytes.u32(4) & 0xffff) << 16 | bytes.u16(6);
    return new Guid(new UUID(high, Long.reverseBytes(bytes.u64(8))));
  }

  /// Returns the 16 bytes that are stored.
  public byte[] bytes() {
    var high = id.getMostSignificantBits();
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt((int) (high >>> 32))
        .putShort((short) (high >>> 16))
        .putShort((short) high)
        .order(ByteOrder.BIG_ENDIAN)
        .putLong(id.getLeastSignificantBits())
        .array();
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
