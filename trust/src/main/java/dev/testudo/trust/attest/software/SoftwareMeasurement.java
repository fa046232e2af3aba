package dev.testudo.trust.attest.software;

import dev.testudo.trust.attest.evidence.Measurement;
import java.io.IOException;
import java.nio.file.Path;

/// A program measured by the agent itself, as two measurements and the one that policies name. The
/// same code runs where the policy is made and where the program starts.
///
/// @param image the image as it was when it was measured
/// @param machine what this machine adds to it
public record SoftwareMeasurement(MeasuredImage image, Measurement machine) {
  /// Reads and measures the image directory and the agent. Everything is read once.
  ///
  /// @param lib the folder of the agent's jars; the launcher `testudo` beside it is measured too
  /// @throws IOException if a part is missing, cannot be read, or exceeds a limit
  public static SoftwareMeasurement of(Path lib, Path imageDirectory) throws IOException {
    var image = ImageMeasurement.of(imageDirectory);
    return new SoftwareMeasurement(image, MachineMeasurement.of(lib, image.hostFiles()));
  }

  /// The measurement that a policy names: of image and machine together.
  public Measurement measurement() {
    return combined(image.measurement(), machine);
  }

  /// The measurement of an image and a machine together.
  public static Measurement combined(Measurement image, Measurement machine) {
    return MeasuredPart.SOFTWARE.combine(image, machine);
  }
}
