package dev.testudo.vm.measure.snp;

import static dev.testudo.vm.MeasurementHash.SHA384;

import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.vm.VmException;
import dev.testudo.vm.firmware.Firmware;
import dev.testudo.vm.firmware.FirmwareAbility;
import dev.testudo.vm.firmware.SnpMetadata;
import java.util.OptionalLong;

/// What of a firmware the launch digest depends on. Who has only the firmware hash of somebody
/// else's firmware, needs its metadata, too.
///
/// @param hash the launch digest after the pages of the firmware, 48 bytes: its firmware hash
/// @param metadata what is measured after them
/// @param resetVector where processors but the first start
/// @param hashTable the address of the table of kernel hashes
public record SnpFirmware(
    Octets hash, SnpMetadata metadata, OptionalLong resetVector, OptionalLong hashTable) {
  private static final long END = 1L << 32;

  /// Checks the length of the hash.
  ///
  /// @throws IllegalArgumentException if it is no SHA-384
  public SnpFirmware {
    if (hash.length() != SHA384.bytes()) {
      throw new IllegalArgumentException("a firmware hash has %d bytes".formatted(hash.length()));
    }
  }

  /// Hashes a firmware, whose pages end at 4 GiB.
  ///
  /// @throws VmException if SEV-SNP cannot start it
  public static SnpFirmware of(Firmware firmware) throws VmException {
    firmware.abilities().require(FirmwareAbility.SNP_METADATA);
    var content = firmware.content();
    return of(LaunchDigest.start().normal(END - content.length(), content).state(), firmware);
  }

  /// Takes the metadata of a firmware, and the hash of another one with the same metadata.
  ///
  /// @throws VmException if SEV-SNP cannot start it
  public static SnpFirmware of(Octets hash, Firmware firmware) throws VmException {
    firmware.abilities().require(FirmwareAbility.SNP_METADATA);
    return new SnpFirmware(
        hash, firmware.snp().orElseThrow(), firmware.resetVector(), firmware.hashTable());
  }
}
