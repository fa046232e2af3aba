package dev.testudo.agent.attest.source;

import java.net.URI;
import java.nio.file.Path;

/// Where the sources of evidence are.
///
/// @param reports the directory of configfs in which reports are requested
/// @param sevGuest the device of SEV-SNP
/// @param gramine the directory with the files of Gramine
/// @param azure what Azure has
/// @param measurements the directory of sysfs with the measurement registers of TDX
/// @param drivers the directory of sysfs in which the drivers of TDX and SEV-SNP appear, also where
///     this process cannot use them
public record Devices(
    Path reports, Path sevGuest, Path gramine, Azure azure, Path measurements, Path drivers) {
  /// What a confidential VM on Azure has.
  ///
  /// @param assetTag the file of sysfs that says whether this is Azure
  /// @param tpm the device of the TPM with the kernel's resource manager
  /// @param metadata where the metadata service (IMDS) answers
  public record Azure(Path assetTag, Path tpm, URI metadata) {}

  /// Returns the places on a Linux machine.
  public static Devices ofMachine() {
    return new Devices(
        Path.of("/sys/kernel/config/tsm/report"),
        Path.of("/dev/sev-guest"),
        Path.of("/dev/attestation"),
        new Azure(
            Path.of("/sys/class/dmi/id/chassis_asset_tag"),
            Path.of("/dev/tpmrm0"),
            URI.create("http://169.254.169.254")),
        Path.of("/sys/devices/virtual/misc/tdx_guest/measurements"),
        Path.of("/sys/class/misc"));
  }
}
