package dev.testudo.vm.measure.tdx;

import static dev.testudo.vm.MeasurementHash.SHA384;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import dev.testudo.vm.firmware.Firmware;
import dev.testudo.vm.firmware.FirmwareAbility;
import dev.testudo.vm.firmware.TdxMetadata;
import dev.testudo.vm.firmware.TdxSection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/// MRTD, the measurement of a trust domain as it was built: of its firmware. One SHA-384 over a
/// block for each page that is added and, where the firmware asks for it, a block and the content
/// of each 256 bytes. See Intel's TDX Module Base Architecture Specification, "MRTD", and the TDX
/// Virtual Firmware Design Guide.
public final class Mrtd {
  /// The order in which the host builds a trust domain, which MRTD depends on.
  public enum PageOrder {
    /// All pages of a section are added before the first one is measured: QEMU 8 with the patches
    /// of that time.
    SECTION_BY_SECTION,
    /// Each page is measured after it was added: later versions.
    PAGE_BY_PAGE
  }

  private static final int BLOCK = 128;
  private static final int ADDRESS = 16;
  private static final int CHUNK = 256;
  private static final String ADD = "MEM.PAGE.ADD";
  private static final String EXTEND = "MR.EXTEND";

  private final MessageDigest digest = SHA384.newDigest();
  private final HostileBytes firmware;

  private Mrtd(HostileBytes firmware) {
    this.firmware = firmware;
  }

  /// Returns MRTD, 48 bytes.
  ///
  /// @throws VmException if TDX cannot start the firmware, or a section to be measured is not in it
  public static Octets of(Firmware firmware, PageOrder order) throws VmException {
    firmware.abilities().require(FirmwareAbility.TDX_METADATA);
    var bytes = HostileBytes.of("the firmware", firmware.content(), Firmware.MOST_BYTES);
    var mrtd = new Mrtd(bytes);
    for (var section : firmware.tdx().orElseThrow().sections()) {
      switch (order) {
        case SECTION_BY_SECTION -> mrtd.wholeSection(section);
        case PAGE_BY_PAGE -> mrtd.eachPage(section);
      }
    }
    return Octets.of(mrtd.digest.digest());
  }

  private void wholeSection(TdxSection section) throws VmException {
    for (var at = 0L; at < section.memoryBytes(); at += TdxMetadata.PAGE) {
      add(section, at);
    }
    for (var at = 0L; at < section.memoryBytes(); at += TdxMetadata.PAGE) {
      extend(section, at);
    }
  }

  private void eachPage(TdxSection section) throws VmException {
    for (var at = 0L; at < section.memoryBytes(); at += TdxMetadata.PAGE) {
      add(section, at);
      extend(section, at);
    }
  }

  private void add(TdxSection section, long at) {
    if (!section.isAddedLater()) {
      block(ADD, section.address() + at);
    }
  }

  private void extend(TdxSection section, long page) throws VmException {
    if (!section.extendsMrtd()) {
      return;
    }
    for (var at = page; at < page + TdxMetadata.PAGE; at += CHUNK) {
      block(EXTEND, section.address() + at);
      digest.update(chunk(section, at));
    }
  }

  /// What the firmware has no bytes for is zero.
  private byte[] chunk(TdxSection section, long at) throws VmException {
    var chunk = new byte[CHUNK];
    var count = Math.clamp(section.rawBytes() - at, 0, CHUNK);
    if (count != 0) {
      var content =
          firmware.slice(section.offset() + at, count, "a section that its TDX metadata measures");
      content.buffer().get(chunk, 0, count);
    }
    return chunk;
  }

  private void block(String name, long address) {
    digest.update(
        ByteBuffer.allocate(BLOCK)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(name.getBytes(US_ASCII))
            .putLong(ADDRESS, address)
            .array());
  }
}
