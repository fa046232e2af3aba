package dev.testudo.vm.measure.snp;

import static dev.testudo.vm.MeasurementHash.SHA384;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.firmware.SnpMetadata;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The digest that the secure processor computes while a guest is launched. For each page, it is
/// replaced by the SHA-384 of PAGE_INFO, which begins with the digest so far. See AMD's SEV-SNP
/// firmware ABI (56860), section 8.17.2.
record LaunchDigest(Octets state) {
  /// The type of a page: the field PAGE_TYPE.
  enum PageType {
    NORMAL(1),
    VMSA(2),
    ZERO(3),
    UNMEASURED(4),
    SECRETS(5),
    CPUID(6);

    private final int code;

    PageType(int code) {
      this.code = code;
    }
  }

  private static final int PAGE_INFO = 0x70;
  private static final int AFTER_PERMISSIONS = 0x68;

  /// The address that stands for each VMSA: the last page of 48 bits of addresses.
  private static final long VMSA_ADDRESS = 0xfffffffff000L;

  /// Returns the digest before the first page.
  static LaunchDigest start() {
    return new LaunchDigest(SHA384.zero());
  }

  /// Measures `content`, which is put at `address`.
  ///
  /// @param content a number of pages
  LaunchDigest normal(long address, Octets content) {
    var digest = this;
    for (var at = 0; at < content.length(); at += SnpMetadata.PAGE) {
      var page = SHA384.of(content.slice(at, SnpMetadata.PAGE));
      digest = digest.page(PageType.NORMAL, address + at, page);
    }
    return digest;
  }

  /// Measures pages whose content does not count.
  LaunchDigest withoutContent(PageType type, long address, long bytes) {
    var digest = this;
    for (var at = 0L; at < bytes; at += SnpMetadata.PAGE) {
      digest = digest.page(type, address + at, SHA384.zero());
    }
    return digest;
  }

  /// Measures the first registers of a processor.
  LaunchDigest vmsa(Octets page) {
    return page(PageType.VMSA, VMSA_ADDRESS, SHA384.of(page));
  }

  private LaunchDigest page(PageType type, long address, Octets content) {
    var info =
        ByteBuffer.allocate(PAGE_INFO)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(state.buffer())
            .put(content.buffer())
            .putShort((short) PAGE_INFO)
            .put((byte) type.code)
            .position(AFTER_PERMISSIONS)
            .putLong(address);
    return new LaunchDigest(SHA384.of(info.array()));
  }
}
