package dev.testudo.trust.measure;

import dev.testudo.trust.attest.evidence.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Measures what a machine adds to an image: its installed agent, and its own files
/// that the image uses.
public final class MachineMeasurement {
  private static final int MAX_DEPTH = 64;

  private MachineMeasurement() {}

  /// Measures the agent whose jars are in `lib`, the launcher beside it, and `hostFiles`.
  ///
  /// @throws IOException if a file is missing or cannot be read
  public static Measurement of(Path lib, List<Path> hostFiles) throws IOException {
    var labels = new ArrayList<String>();
    var files = new ArrayList<Path>();
    try (var walk = Files.walk(lib, MAX_DEPTH)) {
      for (var file : walk.filter(Files::isRegularFile).toList()) {
        labels.add("agent:lib/" + lib.relativize(file));
        files.add(file);
      }
    }
    var launcher = lib.resolveSibling("testudo");
    if (Files.isRegularFile(launcher)) {
      labels.add("agent:testudo");
      files.add(launcher);
    }
    for (var file : hostFiles) {
      labels.add("host:" + file);
      files.add(file);
    }
    var measured = new ArrayList<MeasuredFile>();
    for (var content : Hashing.of(files)) {
      measured.add(new MeasuredFile(labels.get(measured.size()), 0, content.sha256()));
    }
    return MeasuredPart.MACHINE.measure(measured);
  }
}
