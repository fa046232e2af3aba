package dev.testudo.policy.session;

import dev.testudo.policy.evidence.BootedMachine;
import dev.testudo.policy.evidence.ImageSection;
import java.util.Optional;

/// A part of a unified kernel image that a policy can demand (`image` of `tpm`). Each is a SHA-256.
public enum TpmField {
  /// The whole file with its stub, as Authenticode hashes it. It must be the first program that the
  /// firmware started.
  UKI("uki", Optional.empty()),
  LINUX(ImageSection.LINUX),
  OSREL(ImageSection.OSREL),
  CMDLINE(ImageSection.CMDLINE),
  INITRD(ImageSection.INITRD);

  private final String key;
  private final Optional<ImageSection> section;

  TpmField(ImageSection section) {
    this(section.key(), Optional.of(section));
  }

  TpmField(String key, Optional<ImageSection> section) {
    this.key = key;
    this.section = section;
  }

  /// Returns the key in `image`.
  public String key() {
    return key;
  }

  /// Returns the value of a machine; empty if its event log has none.
  public Optional<String> of(BootedMachine machine) {
    return section.isPresent()
        ? section.map(machine.sections()::get)
        : machine.started().stream().findFirst();
  }

  /// Returns whether the part names a service. The kernel and the name of the system do not.
  public boolean namesService() {
    return this == UKI || this == CMDLINE || this == INITRD;
  }

  /// Returns the name in messages, such as `image initrd`.
  @Override
  public String toString() {
    return "image " + key;
  }
}
