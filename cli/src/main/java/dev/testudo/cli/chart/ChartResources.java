package dev.testudo.cli.chart;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;

/// The files of charts that are the same for everybody.
final class ChartResources {
  private ChartResources() {}

  /// Returns the text of the file `name`, such as `service/values.yaml`.
  static String text(String name) {
    try (var in = ChartResources.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new AssertionError("resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
