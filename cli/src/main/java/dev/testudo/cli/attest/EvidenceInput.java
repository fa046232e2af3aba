package dev.testudo.cli.attest;

import dev.testudo.cli.exit.CommandFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads the files that the commands of `testudo attest` take. They may come from anybody.
public final class EvidenceInput {
  /// The most bytes of a file. An event log with its padding has 256 KiB, and twice that in
  /// hexadecimal.
  public static final int MOST_BYTES = 1 << 20;

  private EvidenceInput() {}

  /// Returns the content of a file, or of standard input if `file` is `-`.
  ///
  /// @throws CommandFailed if it cannot be read, is empty or is too long
  public static byte[] read(String file, InputStream standardInput) throws CommandFailed {
    var bytes = file.equals("-") ? content(file, standardInput) : content(file);
    if (bytes.length == 0) {
      throw CommandFailed.input("%s is empty".formatted(file));
    }
    return bytes;
  }

  private static byte[] content(String file) throws CommandFailed {
    if (Files.isDirectory(Path.of(file))) {
      throw CommandFailed.input("%s is a directory; give a file".formatted(file));
    }
    try (var in = Files.newInputStream(Path.of(file))) {
      return content(file, in);
    } catch (IOException e) {
      throw CommandFailed.environment("cannot read " + file, e);
    }
  }

  private static byte[] content(String file, InputStream in) throws CommandFailed {
    try {
      var bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw CommandFailed.input(
            "%s is longer than %d bytes; is it the right file?".formatted(file, MOST_BYTES));
      }
      return bytes;
    } catch (IOException e) {
      throw CommandFailed.environment("cannot read " + file, e);
    }
  }
}
