package dev.testudo.policy.session;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The kinds of ids by which policies name platforms (`platforms`). An id is written as its kind, a
/// colon, and hexadecimal digits, and compared in lower case.
public enum PlatformId {
  /// The id of the quoting enclave, in the header of a quote.
  INTEL_QE_ID(16),
  /// The id of the processor package, in the PCK certificate.
  INTEL_PPID(16),
  /// The id of the platform instance, in the PCK certificate of a platform CA.
  INTEL_PLATFORM_INSTANCE_ID(16),
  /// The id of the processor, in a report. Turin and later have 8 bytes, and zeros behind them.
  AMD_CHIP_ID(64),
  /// The endorsement key of a TPM: SHA-256 of its SubjectPublicKeyInfo.
  TPM_KEY(32);

  /// The length of the chip ids of Turin and later, in hexadecimal digits.
  private static final int SHORT_CHIP_ID = 16;

  private final int digits;

  PlatformId(int bytes) {
    this.digits = 2 * bytes;
  }

  /// Returns the number of hexadecimal digits.
  public int digits() {
    return digits;
  }

  /// Returns the text of an id of this kind.
  ///
  /// @param hex lower-case digits
  public String of(String hex) {
    return this + ":" + hex;
  }

  /// Returns an id in the form in which it is compared. Empty if `text` is none.
  public static Optional<String> parse(String text) {
    var colon = text.indexOf(':');
    return Arrays.stream(values())
        .filter(kind -> colon > 0 && kind.name().equals(text.substring(0, colon)))
        .flatMap(kind -> kind.digits(text.substring(colon + 1)).map(kind::of).stream())
        .findFirst();
  }

  /// Returns digits in the form in which they are compared. Empty if they are none of this kind.
  public Optional<String> digits(String written) {
    if (!written.matches("[0-9a-fA-F]+")) {
      return Optional.empty();
    }
    var hex = written.toLowerCase(Locale.ROOT);
    if (this == AMD_CHIP_ID && hex.length() == SHORT_CHIP_ID) {
      hex += "0".repeat(digits - SHORT_CHIP_ID);
    }
    return Optional.of(hex).filter(all -> all.length() == digits);
  }

  /// Returns the regular expression of all ids.
  public static String pattern() {
    return "(INTEL_(QE_ID|PPID|PLATFORM_INSTANCE_ID):[0-9a-fA-F]{32}"
        + "|AMD_CHIP_ID:([0-9a-fA-F]{16}|[0-9a-fA-F]{128})|TPM_KEY:[0-9a-fA-F]{64})";
  }

  /// Returns the names of all kinds.
  public static List<String> names() {
    return Arrays.stream(values()).map(PlatformId::name).toList();
  }
}
