package dev.testudo.gramine;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// A release of Gramine whose manifest and measurement are known. They depend on constants that are
/// compiled into a release, so another release needs an entry here, and facts in `measure`.
public enum GramineRelease {
  /// October 2024.
  V1_8("1.8"),
  /// June 2025.
  V1_9("1.9");

  private final String text;

  GramineRelease(String text) {
    this.text = text;
  }

  /// Returns the number, as Gramine writes it.
  public String text() {
    return text;
  }

  /// Returns the release of this number; empty if it is not known.
  public static Optional<GramineRelease> parse(String text) {
    return Arrays.stream(values()).filter(release -> release.text.equals(text)).findFirst();
  }

  /// Returns the known numbers, for messages.
  public static String known() {
    return Arrays.stream(values()).map(GramineRelease::text).collect(Collectors.joining(", "));
  }
}
