package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.trust.measure.SoftwareMeasurement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Reads and measures an image on a thread of its own. Measuring some hundred megabytes takes as
/// long as fetching a nonce from CAS, so both run at the same time.
public final class Measuring {
  private final Path image;
  private final FutureTask<SoftwareMeasurement> task;

  private Measuring(Path image, FutureTask<SoftwareMeasurement> task) {
    this.image = image;
    this.task = task;
  }

  /// Starts to measure.
  ///
  /// @param lib the directory of the agent's jars, which are part of the measurement
  public static Measuring start(Path lib, Path image) {
    var task = new FutureTask<>(() -> SoftwareMeasurement.of(lib, image));
    Thread.ofPlatform().daemon().name("measure").start(task);
    return new Measuring(image, task);
  }

  /// Waits for the measurement and returns it.
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
