package dev.testudo.cli.attest;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.file.EvidenceFile;
import dev.testudo.trust.attest.file.EvidenceFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

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
      throw CommandFailed.input("%s: %s [%s]".formatted(file, e.reason(), e.id()));
    }
  }

  /// Returns the content of a file, or of standard input if `file` is `-`.
  ///
  /// @throws CommandFailed if it cannot be read, is empty or is too long
  public static Octets bytes(String file, InputStream standardInput) throws CommandFailed {
    var bytes = file.equals("-") ? content(file, standardInput) : content(file);
    if (bytes.length == 0) {
      throw CommandFailed.input("%s is empty".formatted(file));
    }
    return Octets.of(bytes);
  }

  private static byte[] content(String file) throws CommandFailed {
    var path = path(file);
    if (Files.isDirectory(path)) {
      throw CommandFailed.input("%s is a directory; give a file".formatted(file));
    }
    try (var in = Files.newInputStream(path)) {
      return content(file, in);
    } catch (IOException e) {
      throw CommandFailed.environment("cannot read " + file, e);
    }
  }

  private static Path path(String file) throws CommandFailed {
    try {
      return Path.of(file);
    } catch (InvalidPathException e) {
      throw CommandFailed.usage("`%s` is not the name of a file".formatted(file));
    }
  }

  private static byte[] content(String file, InputStream in) throws CommandFailed {
    try {
      var bytes = in.readNBytes(EvidenceFile.MOST_BYTES + 1);
      if (bytes.length > EvidenceFile.MOST_BYTES) {
        throw CommandFailed.input(
            "%s is longer than %d bytes; is it the right file?"
                .formatted(file, EvidenceFile.MOST_BYTES));
      }
      return bytes;
    } catch (IOException e) {
      throw CommandFailed.environment("cannot read " + file, e);
    }
  }
}
