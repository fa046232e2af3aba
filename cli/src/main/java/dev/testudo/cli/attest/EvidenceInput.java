package dev.testudo.cli.attest;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.NamedInput;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.file.EvidenceFile;
import dev.testudo.trust.attest.file.EvidenceFiles;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// Reads the files that the commands of `testudo attest` take. They may come from anybody.
public final class EvidenceInput {
  private EvidenceInput() {}

  /// Returns what a file holds, or standard input if `file` is `-`.
  ///
  /// @throws CommandFailed if it cannot be read, is too long, or holds nothing that is known
  public static EvidenceFile read(String file, InputStream standardInput) throws CommandFailed {
    try {
      return EvidenceFiles.read(bytes(file, standardInput));
    } catch (EvidenceException e) {
      throw CommandFailed.input(
          "%s: %s [%s]".formatted(NamedInput.shown(file), e.reason(), e.id()));
    }
  }

  /// Returns the content of a file, or of standard input if `file` is `-`.
  ///
  /// @throws CommandFailed if it cannot be read, is empty or is too long
  public static Octets bytes(String file, InputStream standardInput) throws CommandFailed {
    var bytes = NamedInput.read(file, standardInput, EvidenceFile.MOST_BYTES);
    if (bytes.length == 0) {
      throw CommandFailed.input("%s is empty".formatted(NamedInput.shown(file)));
    }
    return Octets.of(bytes);
  }

  /// Returns the content of a file that holds PEM, or of standard input if `file` is `-`.
  ///
  /// @throws CommandFailed if it cannot be read, is empty or is too long
  public static String pem(String file, InputStream standardInput) throws CommandFailed {
    return new String(bytes(file, standardInput).toBytes(), StandardCharsets.ISO_8859_1);
  }
}
