package dev.testudo.trust.measure;

import dev.testudo.trust.attest.evidence.Measurement;
import java.util.HexFormat;

/// A file that enters a measurement.
///
/// @param label what and where it is, such as `root:/app/app.py`; distinct within a measurement
/// @param mode the kind and permission bits as in `st_mode`; 0 if they do not matter
/// @param sha256 the hash of its content, 64 lower-case hexadecimal digits
record MeasuredFile(String label, int mode, String sha256) {
  /// Checks the hash's spelling.
  public MeasuredFile {
    if (!Measurement.isHex(sha256, 64)) {
      throw new IllegalArgumentException("a hash is 64 lower-case hexadecimal digits");
    }
  }

  /// Returns a file with the given content.
  static MeasuredFile ofContent(String label, int mode, byte[] content) {
    return new MeasuredFile(
        label, mode, HexFormat.of().formatHex(Measurement.sha256().digest(content)));
  }
}
