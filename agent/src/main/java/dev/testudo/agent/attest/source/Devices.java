package dev.testudo.agent.attest.source;

import java.net.URI;
import java.nio.file.Path;

/// Where the sources of evidence are.
///
/// @param reports the directory of configfs in which reports are requested
/// @param sevGuest the device of SEV-SNP
/// @param gramine the directory with the files of Gramine
/// @param tpm what a machine with a TPM has
/// @param azure what Azure has
/// @param sysfs what the kernel shows of its drivers
public record Devices(
    Path reports, Path sevGuest, Path gramine, Tpm tpm, Azure azure, Sysfs sysfs) {
  /// What a machine with a TPM has.
  ///
  /// @param device the device with the kernel's resource manager
  /// @param eventLog the events that the firmware and the kernel measured (securityfs)
  public record Tpm(Path device, Path eventLog) {}

  /// What a confidential VM on Azure has besides a TPM.
  ///
  /// @param assetTag the file of sysfs that says whether this is Azure
  /// @param metadata where the metadata service (IMDS) answers
  public record Azure(Path assetTag, URI metadata) {}

  /// Directories of sysfs.
  ///
  /// @param measurements has the measurement registers of TDX
  /// @param drivers in which the drivers of TDX and SEV-SNP appear, also where this process cannot
  ///     use them
  public record Sysfs(Path measurements, Path drivers) {}

  /// Returns the places on a Linux machine.
  public static Devices ofMachine() {
    return new Devices(
        Path.of("/sys/kernel/config/tsm/report"),
        Path.of("/dev/sev-guest"),
        Path.of("/dev/attestation"),
        new Tpm(
            Path.of("/dev/tpmrm0"), Path.of("/sys/kernel/security/tpm0/binary_bios_measurements")),
        new Azure(
            Path.of("/sys/class/dmi/id/chassis_asset_tag"), URI.create("http://169.254.169.254")),
        new Sysfs(
            Path.of("/sys/devices/virtual/misc/tdx_guest/measurements"),
            Path.of("/sys/class/misc")));
  }
}
