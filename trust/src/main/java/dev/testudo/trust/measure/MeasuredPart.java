package dev.testudo.trust.measure;

import dev.testudo.trust.attest.evidence.Measurement;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The part that a measurement covers. Its name is hashed first, so that measurements of different
/// parts never agree. The encoding is specified in `docs/formats/measurement.md`.
enum MeasuredPart {
  /// The image.
  IMAGE("testudo-image-v2\n"),
  /// What a machine adds.
  MACHINE("testudo-machine-v2\n");

  private final String domain;

  MeasuredPart(String domain) {
    this.domain = domain;
  }

  /// Measures `files`, whatever their order.
  ///
  /// @throws IllegalArgumentException if two files have the same label
  Measurement measure(List<MeasuredFile> files) {
    var sorted =
        files.stream()
            .map(file -> new Entry(file.label().getBytes(StandardCharsets.UTF_8), file))
            .sorted(Comparator.comparing(Entry::label, Arrays::compareUnsigned))
            .toList();
    var sha256 = Measurement.sha256();
    sha256.update(domain.getBytes(StandardCharsets.US_ASCII));
    sha256.update(ByteBuffer.allocate(4).putInt(sorted.size()).flip());
    var previous = Optional.<byte[]>empty();
    for (var entry : sorted) {
      if (previous.isPresent() && Arrays.equals(previous.get(), entry.label())) {
        throw new IllegalArgumentException("measured twice");
      }
      sha256.update(ByteBuffer.allocate(4).putInt(entry.label().length).flip());
      sha256.update(entry.label());
      sha256.update(ByteBuffer.allocate(4).putInt(entry.file().mode()).flip());
      sha256.update(HexFormat.of().parseHex(entry.file().sha256()));
      previous = Optional.of(entry.label());
    }
    return new Measurement(HexFormat.of().formatHex(sha256.digest()));
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Entry(byte[] label, MeasuredFile file) {}
}
