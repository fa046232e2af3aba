package dev.testudo.trust.measure;

import dev.testudo.trust.attest.evidence.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Measures what a machine adds to an image: its installed agent, and its own files
/// that the image uses.
public final class MachineMeasurement {
  /// The most names below `lib` in the path of a file that is measured.
  public static final int MAX_DEPTH = 64;

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

  /// Measures an agent in a container whose files are hashed already.
  ///
  /// @param agent the hash of each file, 64 lower-case hexadecimal digits, by its path in the
  ///     agent's directory: `lib/` and the names below, or `testudo` for the launcher
  public static Measurement ofHashes(Map<String, String> agent) {
    return MeasuredPart.MACHINE.measure(
        agent.entrySet().stream()
            .map(file -> new MeasuredFile("agent:" + file.getKey(), 0, file.getValue()))
            .toList());
  }
}
