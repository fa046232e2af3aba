package dev.testudo.agent.attest.source;

import dev.testudo.agent.attest.tpm.TpmDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Finds the source of evidence.
///
/// A source that is there and does not work is a failure, never a reason to take the next one:
/// software evidence must not appear where the hardware was meant to vouch.
///
/// @param level the VMPL for which SEV-SNP reports, if the configuration says
public record SourceSearch(Devices devices, OptionalInt level) {
  /// The drivers of confidential VMs.
  private static final List<String> DRIVERS = List.of("tdx_guest", "sev-guest");

  /// The most time to find out whether a source is there and works.
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final String NOT_THERE =
      "; Linux 6.7 or later has it in a confidential VM, with the driver tdx-guest or sev-guest and"
          + " configfs mounted, in a container too";

  /// Returns the source of this name.
  ///
  /// @param name any but [SourceName#SOFTWARE]
  /// @throws IOException if it is not there, with what was looked for, or does not work
  public HardwareSource named(SourceName name) throws IOException, InterruptedException {
    var found = within(name);
    if (found.isEmpty()) {
      throw new IOException(lookedFor(name));
    }
    return found.get();
  }

  /// Returns the first source that is there, or empty if there is none.
  ///
  /// @throws IOException if one is there and does not work, in one line
  public Optional<HardwareSource> first() throws IOException, InterruptedException {
    for (var name : SourceName.values()) {
      if (isWorthAsking(name)) {
        var found = within(name);
        if (found.isPresent()) {
          return Optional.of(found.get());
        }
      }
    }
    var driver = driver();
    if (driver.isPresent() && Files.exists(devices.reports())) {
      throw new IOException(
          "this is a confidential VM (%s), but this process may not use %s; only root may"
              .formatted(driver.get(), devices.reports()));
    }
    return Optional.empty();
  }

  /// Returns why a machine whose hardware could vouch has no source, in one line. Containers see
  /// the driver of a confidential VM, but not what it provides.
  public Optional<String> missed() {
    return driver()
        .map(
            driver ->
                "this is a confidential VM (%s), but there is no %s%s"
                    .formatted(driver, devices.reports(), NOT_THERE));
  }

  private Optional<Path> driver() {
    return DRIVERS.stream()
        .map(devices.sysfs().drivers()::resolve)
        .filter(Files::exists)
        .findFirst();
  }

  /// Returns whether to look for a source. Only root may ask the kernel for a report; whether there
  /// is a driver, others see as well. And only on Azure, a TPM has a report. Most machines have a
  /// TPM, and few booted an image that a policy names: it is asked only by name.
  private boolean isWorthAsking(SourceName name) throws IOException {
    return switch (name) {
      case CONFIGFS_TSM -> Files.isWritable(devices.reports());
      case AZURE_VTPM ->
          AzureVtpm.isAzure(devices.azure().assetTag()) && Files.exists(devices.tpm().device());
      case TPM -> false;
      case SEV_GUEST, GRAMINE, SOFTWARE -> true;
    };
  }

  private Optional<? extends HardwareSource> within(SourceName name)
      throws IOException, InterruptedException {
    return KernelCalls.within(LIMIT, name, () -> of(name));
  }

  private Optional<? extends HardwareSource> of(SourceName name) throws IOException {
    return switch (name) {
      case CONFIGFS_TSM -> ConfigfsTsm.find(devices.reports(), level);
      case SEV_GUEST ->
          Files.exists(devices.sevGuest())
              ? Optional.of(new SevGuestDevice(devices.sevGuest(), level))
              : Optional.empty();
      case GRAMINE -> GramineFiles.find(devices.gramine());
      case AZURE_VTPM -> azure(devices.tpm().device());
      case TPM -> tpm();
      case SOFTWARE -> Optional.empty();
    };
  }

  private Optional<AzureVtpm> azure(Path tpm) throws IOException {
    return Files.exists(tpm)
        ? AzureVtpm.find(() -> TpmDevice.open(tpm), new MetadataService(devices.azure().metadata()))
        : Optional.empty();
  }

  private Optional<TpmQuotes> tpm() {
    var device = devices.tpm().device();
    return Files.exists(device)
        ? Optional.of(new TpmQuotes(() -> TpmDevice.open(device), devices.tpm().eventLog()))
        : Optional.empty();
  }

  private String lookedFor(SourceName name) {
    return switch (name) {
      case CONFIGFS_TSM ->
          "no driver provides reports in %s%s".formatted(devices.reports(), NOT_THERE);
      case SEV_GUEST ->
          "there is no %s; a SEV-SNP guest has it with the driver sev-guest"
              .formatted(devices.sevGuest());
      case GRAMINE ->
          "there is no %s/attestation_type, which programs under gramine-sgx have"
              .formatted(devices.gramine());
      case AZURE_VTPM ->
          "there is no %s, or its NV index %#x has no report; a confidential VM on Azure has both"
              .formatted(devices.tpm().device(), AzureVtpm.REPORT_INDEX);
      case TPM -> "there is no %s, the device of a TPM".formatted(devices.tpm().device());
      case SOFTWARE -> "software evidence has no device";
    };
  }
}
