package dev.testudo.trust.measure;

import dev.testudo.trust.attest.evidence.Measurement;
import java.util.List;

/// An image as it was when it was measured. Later use must rely on this object rather than on the
/// directory, which may have changed since.
///
/// @param measurement what policies see of it, the same on every machine
/// @param description what `image.json` says
/// @param entries the files by path, parents before children, without `/` itself and
///     without what this process may not read
public record MeasuredImage(
    Measurement measurement, ImageDescription description, List<ImageEntry> entries) {
  /// Copies the list.
  public MeasuredImage {
    entries = List.copyOf(entries);
  }
}
