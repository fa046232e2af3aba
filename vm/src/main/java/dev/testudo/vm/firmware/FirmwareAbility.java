package dev.testudo.vm.firmware;

/// What a firmware must be built for, because no option of QEMU gives it afterwards.
public enum FirmwareAbility {
  /// It checks kernel, initrd and command line against hashes that are part of the measurement.
  KERNEL_HASHES(
      "kernel hashes",
      "kernel, initrd and command line can be measured on SEV-SNP; edk2's build AmdSev has it"),
  /// It says what SEV-SNP has to prepare.
  SNP_METADATA("SNP metadata", "SEV-SNP can start it"),
  /// It says what TDX has to load and measure.
  TDX_METADATA("TDX metadata", "TDX can start it");

  private final String text;
  private final String meaning;

  FirmwareAbility(String text, String meaning) {
    this.text = text;
    this.meaning = meaning;
  }

  /// Returns the name, such as `SNP metadata`.
  public String text() {
    return text;
  }

  /// Returns what a firmware that has it can be used for.
  public String meaning() {
    return meaning;
  }
}
