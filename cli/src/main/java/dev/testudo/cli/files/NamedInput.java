package dev.testudo.cli.files;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.files.BoundedFile;
import dev.testudo.trust.files.UnsuitableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// What a user names as an argument: a file, or `-` for standard input. Both may hold anything.
public final class NamedInput {
  private static final String STANDARD_INPUT = "-";

  private NamedInput() {}

  /// Returns whether standard input is named.
  public static boolean isStandardInput(String name) {
    return name.equals(STANDARD_INPUT);
  }

  /// Returns the name for messages.
  public static String shown(String name) {
    return isStandardInput(name) ? "standard input" : name;
  }

  /// Returns the content.
  ///
  /// @param limit the most bytes
  /// @throws CommandFailed if it cannot be read, is longer, or is no regular file
  public static byte[] read(String name, InputStream standardInput, int limit)
      throws CommandFailed {
    try {
      return isStandardInput(name)
          ? content(standardInput, limit)
          : BoundedFile.read(path(name), limit);
    } catch (UnsuitableFileException e) {
      throw CommandFailed.input(e.getMessage() + "; is it the right one?");
    } catch (IOException e) {
      throw CommandFailed.environment("cannot read " + shown(name), e);
    }
  }

  /// Returns the path of a file that is named.
  ///
  /// @throws CommandFailed if no file can have this name
  public static Path path(String name) throws CommandFailed {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw CommandFailed.usage("`%s` cannot be the name of a file here".formatted(name));
    }
  }

  private static byte[] content(InputStream in, int limit) throws IOException, CommandFailed {
    var bytes = in.readNBytes(limit + 1);
    if (bytes.length > limit) {
      throw CommandFailed.input(
          "standard input has more than %d bytes; is it the right one?".formatted(limit));
    }
    return bytes;
  }
}
