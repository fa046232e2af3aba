package dev.testudo.policy.evidence;

import java.util.Arrays;
import java.util.Optional;

/// The sections of a unified kernel image that its stub measures into register 11, in the order in
/// which it does (UAPI.5, systemd-stub(7)).
public enum ImageSection {
  LINUX("linux"),
  OSREL("osrel"),
  CMDLINE("cmdline"),
  INITRD("initrd");

  private final String key;

  ImageSection(String key) {
    this.key = key;
  }

  /// Returns the name without the dot, as policies and claims have it.
  public String key() {
    return key;
  }

  /// Returns the section with a name without the dot, if there is one.
  public static Optional<ImageSection> parse(String key) {
    return Arrays.stream(values()).filter(section -> section.key.equals(key)).findFirst();
  }

  /// Returns the name of the section in the file, such as `.linux`.
  @Override
  public String toString() {
    return "." + key;
  }
}
