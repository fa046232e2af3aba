package dev.testudo.trust.attest.software;

import dev.testudo.trust.attest.evidence.Measurement;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// The measurement that policies name: that of an image and that of a machine, combined. The
/// encoding is specified in `docs/formats/measurement.md`.
public final class CombinedMeasurement {
  /// Is hashed first, so that a combination never equals a measurement of one part.
  private static final String DOMAIN = "testudo-measurement-v2\n";

  private CombinedMeasurement() {}

  /// Returns the combined measurement of an image and a machine.
  public static Measurement of(Measurement image, Measurement machine) {
    var sha256 = Measurement.sha256();
    sha256.update(DOMAIN.getBytes(StandardCharsets.US_ASCII));
    sha256.update(HexFormat.of().parseHex(image.hex()));
    sha256.update(HexFormat.of().parseHex(machine.hex()));
    return new Measurement(HexFormat.of().formatHex(sha256.digest()));
  }
}
