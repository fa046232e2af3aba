package dev.testudo.trust.attest.software;

import dev.testudo.trust.attest.evidence.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Measures what a machine adds to an image: its installed agent, and its own files
/// that the image uses.
final class MachineMeasurement {
  private static final int MAX_DEPTH = 64;

  private MachineMeasurement() {}

  /// Measures the agent whose jars are in `lib`, the launcher beside it, and `hostFiles`.
  static Measurement of(Path lib, List<Path> hostFiles) throws IOException {
    var measured = new ArrayList<MeasuredFile>();
    try (var walk = Files.walk(lib, MAX_DEPTH)) {
      for (var file : walk.filter(Files::isRegularFile).toList()) {
        measured.add(MeasuredFile.ofFile("agent:lib/" + lib.relativize(file), file));
      }
    }
    var launcher = lib.resolveSibling("testudo");
    if (Files.isRegularFile(launcher)) {
      measured.add(MeasuredFile.ofFile("agent:testudo", launcher));
    }
    for (var file : hostFiles) {
      measured.add(MeasuredFile.ofFile("host:" + file, file));
    }
    return MeasuredPart.MACHINE.measure(measured);
  }
}
