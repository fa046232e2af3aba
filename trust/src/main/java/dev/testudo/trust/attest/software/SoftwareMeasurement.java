package dev.testudo.trust.attest.software;

import dev.testudo.trust.attest.evidence.Measurement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/// The measurement of a program by the agent itself, consisting of two measurements. Policies name
/// their combination. The same code measures where the policy is made and where the program starts.
///
/// @param image the image as it was when it was measured
/// @param machine the measurement of what this machine adds
public record SoftwareMeasurement(MeasuredImage image, Measurement machine) {
  /// Is hashed first, so that a combination never equals a measurement of one part.
  private static final String DOMAIN = "testudo-measurement-v2\n";

  /// Measures the image directory and the agent. Each file is read once.
  ///
  /// @param lib the directory of the agent's jars; the launcher `testudo` beside it
  ///     is measured, too
  /// @throws IOException if a part is missing, cannot be read, or exceeds a limit
  public static SoftwareMeasurement of(Path lib, Path imageDirectory) throws IOException {
    var image = ImageMeasurement.of(imageDirectory);
    return new SoftwareMeasurement(image, MachineMeasurement.of(lib, image.hostFiles()));
  }

  /// Returns the measurement that a policy names: that of image and machine combined.
  public Measurement measurement() {
    return combined(image.measurement(), machine);
  }

  /// Returns the combined measurement of an image and a machine.
  public static Measurement combined(Measurement image, Measurement machine) {
    var sha256 = Measurement.sha256();
    sha256.update(DOMAIN.getBytes(StandardCharsets.US_ASCII));
    sha256.update(HexFormat.of().parseHex(image.hex()));
    sha256.update(HexFormat.of().parseHex(machine.hex()));
    return new Measurement(HexFormat.of().formatHex(sha256.digest()));
  }
}
