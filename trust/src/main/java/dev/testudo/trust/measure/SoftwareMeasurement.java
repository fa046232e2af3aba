package dev.testudo.trust.measure;

import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.software.CombinedMeasurement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

/// The measurement of a program by the agent itself, consisting of two measurements. Policies name
/// their combination. The same code measures where the policy is made and where the program starts.
///
/// @param image the image as it was when it was measured
/// @param machine the measurement of what this machine adds
public record SoftwareMeasurement(MeasuredImage image, Measurement machine) {
  /// Measures the image directory and the agent. Each file is read once.
  ///
  /// @param lib the directory of the agent's jars; the launcher `testudo` beside it
  ///     is measured, too
  /// @throws IOException if a part is missing, cannot be read, or exceeds a limit
  public static SoftwareMeasurement of(Path lib, Path imageDirectory) throws IOException {
    var description = ImageDescription.read(imageDirectory);
    // At the same time: listing an image takes one processor, and as long as hashing an agent.
    var machine = new FutureTask<>(() -> MachineMeasurement.of(lib, description.hostFiles()));
    Thread.ofPlatform().daemon().name("measure-machine").start(machine);
    var image = ImageMeasurement.of(description, imageDirectory);
    return new SoftwareMeasurement(image, Hashing.await(machine));
  }

  /// Returns the measurement that a policy names: that of image and machine combined.
  public Measurement measurement() {
    return CombinedMeasurement.of(image.measurement(), machine);
  }
}
