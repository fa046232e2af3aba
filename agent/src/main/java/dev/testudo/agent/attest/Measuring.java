package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.attest.software.SoftwareMeasurement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Reads and measures an image on a thread of its own: some hundred megabytes take as long as
/// getting a nonce from CAS, and neither needs the other.
public final class Measuring {
  private final Path image;
  private final FutureTask<SoftwareMeasurement> task;

  private Measuring(Path image, FutureTask<SoftwareMeasurement> task) {
    this.image = image;
    this.task = task;
  }

  /// Begins.
  ///
  /// @param lib the folder of the agent's jars, which are part of the measurement
  public static Measuring start(Path lib, Path image) {
    var task = new FutureTask<>(() -> SoftwareMeasurement.of(lib, image));
    Thread.ofPlatform().daemon().name("measure").start(task);
    return new Measuring(image, task);
  }

  /// What was measured. Waits for it.
  public SoftwareMeasurement await() throws AgentFailure, InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw AgentFailure.environment("measure the image " + image, cause);
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
