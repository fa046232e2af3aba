package dev.testudo.vm.firmware;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.HostileBytes;
import dev.testudo.vm.VmException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;

/// A firmware that was read.
///
/// @param content its bytes, a multiple of 4096
/// @param snp its SNP metadata, if it has any
/// @param tdx its TDX metadata, if it has any
/// @param resetVector where processors but the first start under SEV-ES and SEV-SNP, if it says so
/// @param hashTable the guest's physical address of the table of kernel hashes, if it has one
public record Firmware(
    Octets content,
    Optional<SnpMetadata> snp,
    Optional<TdxMetadata> tdx,
    OptionalLong resetVector,
    OptionalLong hashTable) {
  /// The most bytes of a firmware.
  public static final int MOST_BYTES = 64 << 20;

  private static final int PAGE = 4096;
  private static final Guid RESET_VECTOR = Guid.parse("00f771de-1a7e-4fcb-890e-68c77e2fb44e");
  private static final Guid HASH_TABLE = Guid.parse("7255371f-3a3b-4b04-927b-1da6efa8d454");

  /// Reads a firmware, or the end of one that has the tables.
  ///
  /// @throws VmException if it is no firmware, or has malformed tables
  public static Firmware read(Octets content) throws VmException {
    var bytes = HostileBytes.of("the firmware", content, MOST_BYTES);
    if (content.length() == 0 || content.length() % PAGE != 0) {
      throw bytes.malformed("%d bytes are not a number of pages".formatted(content.length()));
    }
    var table = GuidTable.read(bytes);
    var snp = table.number(SnpMetadata.GUID);
    var tdx = table.number(TdxMetadata.GUID);
    return new Firmware(
        content,
        snp.isPresent() ? Optional.of(SnpMetadata.read(bytes, snp.get())) : Optional.empty(),
        tdx.isPresent() ? Optional.of(TdxMetadata.read(bytes, tdx.get())) : Optional.empty(),
        address(table.number(RESET_VECTOR)),
        address(table.number(HASH_TABLE)));
  }

  /// Zero stands for nothing.
  private static OptionalLong address(Optional<Long> number) {
    return number.filter(one -> one != 0).stream().mapToLong(one -> one).findFirst();
  }

  /// Returns what it can do.
  public FirmwareAbilities abilities() {
    var present = EnumSet.noneOf(FirmwareAbility.class);
    if (hashTable.isPresent()
        && snp.flatMap(metadata -> metadata.first(SnpSectionType.KERNEL_HASHES)).isPresent()) {
      present.add(FirmwareAbility.KERNEL_HASHES);
    }
    snp.ifPresent(_ -> present.add(FirmwareAbility.SNP_METADATA));
    tdx.ifPresent(_ -> present.add(FirmwareAbility.TDX_METADATA));
    return new FirmwareAbilities(present);
  }
}
