package dev.testudo.vm.pe;

/// The sections that a unified kernel image adds to the stub of systemd, in the order in which they
/// are written. See the UAPI group's specification of unified kernel images.
public enum UkiSection {
  /// The file `os-release`.
  OSREL(".osrel"),
  /// The command line of the kernel.
  CMDLINE(".cmdline"),
  /// The kernel, itself a PE file.
  LINUX(".linux"),
  /// The initrd.
  INITRD(".initrd");

  private final String text;

  UkiSection(String text) {
    this.text = text;
  }

  /// Returns the name of the section.
  public String text() {
    return text;
  }
}
