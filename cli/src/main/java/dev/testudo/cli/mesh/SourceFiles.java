package dev.testudo.cli.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.source.SourceFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads the files that people write.
public final class SourceFiles {
  /// The longest file, in bytes.
  static final int LIMIT = 1 << 20;

  private SourceFiles() {}

  /// Returns the text of `file`, under the name that the user gave.
  ///
  /// @throws CommandFailed if it cannot be read, is too long, or is not UTF-8
  public static SourceFile read(Path file) throws CommandFailed {
    try (var in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(LIMIT + 1);
      if (bytes.length > LIMIT) {
        throw CommandFailed.input(
            "%s is longer than %d bytes; is it the right file?".formatted(file, LIMIT));
      }
      return new SourceFile(
          file.toString(), UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw CommandFailed.input("%s is not UTF-8 text".formatted(file));
    } catch (IOException e) {
      throw CommandFailed.environment("cannot read " + file, e);
    }
  }
}
