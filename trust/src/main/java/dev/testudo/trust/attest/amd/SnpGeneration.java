package dev.testudo.trust.attest.amd;

import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.util.Arrays;
import java.util.Optional;

/// The generations of processors with SEV-SNP. Each has a root certificate, and a layout of
/// TCB_VERSION (AMD 56860, section 2.2).
enum SnpGeneration {
  MILAN("Milan", 64),
  /// Also Bergamo and Siena, which have the same root.
  GENOA("Genoa", 64),
  TURIN("Turin", 8);

  private static final int ZEN_3_AND_4 = 0x19;
  private static final int ZEN_5 = 0x1a;
  private static final int MODELS_OF_TURIN = 0x12;

  private final String product;
  private final int hardwareIdBytes;

  SnpGeneration(String product, int hardwareIdBytes) {
    this.product = product;
    this.hardwareIdBytes = hardwareIdBytes;
  }

  /// Returns the generation with AMD's name for it, such as `Milan`.
  static Optional<SnpGeneration> ofProduct(String product) {
    return Arrays.stream(values()).filter(one -> one.product.equals(product)).findFirst();
  }

  /// Returns the generation of a processor.
  ///
  /// @param family base and extended family of CPUID together
  /// @param model base and extended model
  static Optional<SnpGeneration> ofCpuid(int family, int model) {
    if (family == ZEN_5 && model < MODELS_OF_TURIN) {
      return Optional.of(TURIN);
    }
    if (family != ZEN_3_AND_4) {
      return Optional.empty();
    }
    return switch (model >>> 4) {
      case 0x0 -> Optional.of(MILAN);
      case 0x1, 0xa -> Optional.of(GENOA);
      default -> Optional.empty();
    };
  }

  /// Returns AMD's name for it.
  String product() {
    return product;
  }

  /// Returns the name of the component in a byte of TCB_VERSION; empty if the byte is reserved.
  Optional<TcbComponent> component(int position) {
    return Arrays.stream(TcbComponent.values())
        .filter(one -> one.position(this) == position)
        .findFirst();
  }

  /// Parses a TCB_VERSION.
  ///
  /// @throws EvidenceException if a reserved byte is not zero
  SnpTcb tcb(Octets version) throws EvidenceException {
    for (var position = 0; position < version.length(); position++) {
      if (version.u8(position) != 0 && component(position).isEmpty()) {
        throw new EvidenceException(
            RejectionId.MALFORMED_EVIDENCE,
            "byte %d of a TCB version is %d, but it is reserved on %s"
                .formatted(position, version.u8(position), product));
      }
    }
    return new SnpTcb(
        this == TURIN ? Optional.of(version.u8(TcbComponent.FMC.position(this))) : Optional.empty(),
        version.u8(TcbComponent.BOOT_LOADER.position(this)),
        version.u8(TcbComponent.TEE.position(this)),
        version.u8(TcbComponent.SNP.position(this)),
        version.u8(TcbComponent.MICROCODE.position(this)));
  }

  /// Returns the number of bytes of a chip's id.
  int hardwareIdBytes() {
    return hardwareIdBytes;
  }

  /// Returns the part of CHIP_ID that a VCEK certifies.
  ///
  /// @throws EvidenceException if the rest is not zero
  Octets hardwareId(Octets chipId) throws EvidenceException {
    if (!chipId.slice(hardwareIdBytes, chipId.length() - hardwareIdBytes).isZero()) {
      throw new EvidenceException(
          RejectionId.MALFORMED_EVIDENCE,
          "CHIP_ID has more than %d bytes, which %s does not have"
              .formatted(hardwareIdBytes, product));
    }
    return chipId.slice(0, hardwareIdBytes);
  }

  @Override
  public String toString() {
    return product;
  }
}
