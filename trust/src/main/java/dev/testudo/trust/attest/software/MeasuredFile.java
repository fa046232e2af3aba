package dev.testudo.trust.attest.software;

import dev.testudo.trust.attest.evidence.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

  /// Returns a file of this machine, whose permissions do not matter.
  ///
  /// @throws IOException if it cannot be read
  static MeasuredFile ofFile(String label, Path file) throws IOException {
    var sha256 = Measurement.sha256();
    try (var in = Files.newInputStream(file)) {
      var buffer = new byte[1 << 16];
      for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
      }
    } catch (NoSuchFileException e) {
      throw new IOException("a file that is part of the program does not exist: " + file, e);
    }
    return new MeasuredFile(label, 0, HexFormat.of().formatHex(sha256.digest()));
  }
}
