package dev.testudo.trust.attest;

/// One thing that enters a measurement.
///
/// @param label what and where it is, for example `root:/app/app.py`; distinct within a measurement
/// @param mode kind and permission bits as in `st_mode`; 0 where they do not matter
/// @param sha256 hash of its content as 64 lower-case hexadecimal digits
public record MeasuredFile(String label, int mode, String sha256) {
  /// Checks the hash's spelling.
  public MeasuredFile {
    if (!Measurement.isHex(sha256, 64)) {
      throw new IllegalArgumentException("a hash is 64 lower-case hexadecimal digits");
    }
  }
}
