package dev.testudo.volume;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/// The tag of a volume's state: the authentication tag of its newest journal record. It is no
/// secret. A policy calls it `fspf_tag`.
///
/// @param hex 32 lower-case hexadecimal digits
public record VolumeTag(String hex) {
  /// The length in bytes.
  public static final int BYTES = 16;

  private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{32}");

  /// Rejects what [#parse] does not return.
  public VolumeTag {
    if (!DIGITS.matcher(hex).matches()) {
      throw new IllegalArgumentException("not 32 lower-case hexadecimal digits");
    }
  }

  /// Returns the tag with these digits, if they are one.
  public static Optional<VolumeTag> parse(String hex) {
    return DIGITS.matcher(hex).matches() ? Optional.of(new VolumeTag(hex)) : Optional.empty();
  }

  /// Returns the tag with these 16 bytes.
  public static VolumeTag of(byte[] bytes) {
    return new VolumeTag(HexFormat.of().formatHex(bytes));
  }

  /// Returns the 16 bytes.
  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
