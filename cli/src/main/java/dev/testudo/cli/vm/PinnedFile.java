package dev.testudo.cli.vm;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.NamedInput;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.files.BoundedFile;
import dev.testudo.trust.files.UnsuitableFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// A file of which the user may say what it must contain: `FILE` or `FILE@sha256:DIGEST`.
///
/// @param path where it is
/// @param sha256 the SHA-256 of its content, 64 lower-case hexadecimal digits, if the user says it
public record PinnedFile(Path path, Optional<String> sha256) {
  private static final String PIN = "@sha256:";

  /// A file that was read.
  ///
  /// @param sha256 the SHA-256 of the content, in hexadecimal digits
  public record Content(Path path, Octets bytes, String sha256) {}

  /// Reads what a user writes.
  ///
  /// @throws CommandFailed if the digest is none, or no file can have the name
  public static PinnedFile parse(String text) throws CommandFailed {
    var at = text.lastIndexOf(PIN);
    if (at < 0) {
      return new PinnedFile(NamedInput.path(text), Optional.empty());
    }
    var digest = text.substring(at + PIN.length());
    if (!digest.matches("[0-9a-f]{64}")) {
      throw CommandFailed.usage(
          "`%s`: after `%s` come 64 hexadecimal digits in lower case".formatted(text, PIN));
    }
    return new PinnedFile(NamedInput.path(text.substring(0, at)), Optional.of(digest));
  }

  /// Reads the file.
  ///
  /// @param most the most bytes
  /// @throws CommandFailed if it is no file, longer, or not what it must be
  public Content read(int most) throws IOException, CommandFailed {
    byte[] bytes;
    try {
      bytes = BoundedFile.read(path, most);
    } catch (UnsuitableFileException e) {
      throw CommandFailed.input(CommandFailed.reason(e));
    }
    var found = Octets.of(Measurement.sha256().digest(bytes)).hex();
    if (sha256.isPresent() && !sha256.get().equals(found)) {
      throw CommandFailed.input(
          "%s has the SHA-256 %s, not %s".formatted(path, found, sha256.get()));
    }
    return new Content(path, Octets.of(bytes), found);
  }
}
