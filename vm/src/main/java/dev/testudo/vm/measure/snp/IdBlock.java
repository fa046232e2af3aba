package dev.testudo.vm.measure.snp;

import static dev.testudo.vm.MeasurementHash.SHA384;

import dev.testudo.policy.evidence.SnpPolicy;
import dev.testudo.trust.attest.evidence.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The ID block: what the owner of a guest says of it. If the host launches it with one, the secure
/// processor launches nothing else, and the report names the key that signed it. See AMD's SEV-SNP
/// firmware ABI (56860), section 8.18.
///
/// @param measurement the launch digest that the guest must have, 48 bytes
/// @param familyId 16 bytes that the owner chooses
/// @param imageId 16 bytes that the owner chooses
/// @param guestSvn the security version of the image, 0 to 2^32 - 1
/// @param policy what the host may do, which must be that of the launch
public record IdBlock(
    Octets measurement, Octets familyId, Octets imageId, long guestSvn, SnpPolicy policy) {
  /// The number of its bytes.
  public static final int BYTES = 96;

  /// The number of bytes of a family id and an image id.
  public static final int ID_BYTES = 16;

  private static final int VERSION = 1;
  private static final long RESERVED_ONE = 1L << 17;

  /// Checks the lengths and ranges.
  ///
  /// @throws IllegalArgumentException if one is wrong
  public IdBlock {
    if (measurement.length() != SHA384.bytes()
        || familyId.length() != ID_BYTES
        || imageId.length() != ID_BYTES) {
      throw new IllegalArgumentException("a measurement has 48 bytes, an id has 16");
    }
    if (guestSvn < 0 || guestSvn > 0xffffffffL) {
      throw new IllegalArgumentException(
          "a guest SVN has 32 bits, and %d more".formatted(guestSvn));
    }
    if ((policy.value() & RESERVED_ONE) == 0) {
      throw new IllegalArgumentException("bit 17 of a guest policy must be set");
    }
  }

  /// Returns the bytes of QEMU's property `id-block`, which it takes in base64.
  public Octets bytes() {
    return Octets.of(
        ByteBuffer.allocate(BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(measurement.buffer())
            .put(familyId.buffer())
            .put(imageId.buffer())
            .putInt(VERSION)
            .putInt((int) guestSvn)
            .putLong(policy.value())
            .array());
  }
}
