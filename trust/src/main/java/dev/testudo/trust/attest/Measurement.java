package dev.testudo.trust.attest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Names a program and everything it starts with by one hash of 32 bytes. The encoding that is
/// hashed is specified in `docs/formats/measurement.md`.
///
/// @param hex 64 lower-case hexadecimal digits
public record Measurement(String hex) {
  private static final byte[] DOMAIN =
      "testudo-measurement-v1\n".getBytes(StandardCharsets.US_ASCII);

  /// Checks the spelling.
  public Measurement {
    if (!isHex(hex, 64)) {
      throw new IllegalArgumentException("a measurement is 64 lower-case hexadecimal digits");
    }
  }

  /// Reads 64 hexadecimal digits of either case; empty if `text` is something else.
  public static Optional<Measurement> parse(String text) {
    var lower = text.toLowerCase(Locale.ROOT);
    return isHex(lower, 64) ? Optional.of(new Measurement(lower)) : Optional.empty();
  }

  /// The measurement of `files`, whatever their order. Two files with one label are a bug of the
  /// caller.
  public static Measurement of(List<MeasuredFile> files) {
    var sorted =
        files.stream()
            .map(Entry::of)
            .sorted(Comparator.comparing(Entry::label, Arrays::compareUnsigned))
            .toList();
    var sha256 = sha256();
    sha256.update(DOMAIN);
    sha256.update(ByteBuffer.allocate(4).putInt(sorted.size()).flip());
    var previous = Optional.<byte[]>empty();
    for (var entry : sorted) {
      if (previous.isPresent() && Arrays.equals(previous.get(), entry.label())) {
        throw new IllegalArgumentException("measured twice");
      }
      sha256.update(entry.encoded());
      previous = Optional.of(entry.label());
    }
    return new Measurement(HexFormat.of().formatHex(sha256.digest()));
  }

  @Override
  public String toString() {
    return hex;
  }

  static boolean isHex(String text, int digits) {
    return text.length() == digits
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Entry {
    private final byte[] label;
    private final MeasuredFile file;

    private Entry(byte[] label, MeasuredFile file) {
      this.label = label;
      this.file = file;
    }

    static Entry of(MeasuredFile file) {
      return new Entry(file.label().getBytes(StandardCharsets.UTF_8), file);
    }

    byte[] label() {
      return label;
    }

    byte[] encoded() {
      var out = new ByteArrayOutputStream();
      out.writeBytes(ByteBuffer.allocate(4).putInt(label.length).array());
      out.writeBytes(label);
      out.writeBytes(ByteBuffer.allocate(4).putInt(file.mode()).array());
      out.writeBytes(HexFormat.of().parseHex(file.sha256()));
      return out.toByteArray();
    }
  }
}
