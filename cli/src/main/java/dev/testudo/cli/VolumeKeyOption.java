package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.cli.volume.VolumeContent;
import dev.testudo.trust.files.Owned;
import dev.testudo.trust.secret.Secret;
import dev.testudo.volume.VolumeTag;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of commands that open a volume: its key and its state.
final class VolumeKeyOption {
  private static final int KEY_BYTES = 32;
  private static final int LONGEST = 4096;

  @Option(
      names = "--key-file",
      required = true,
      paramLabel = "FILE",
      description = "A file with the key, 64 hexadecimal digits, mode 0600. `-` is standard input.")
  private Path file = Path.of("");

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      description =
          "The state that the volume must have, 32 hexadecimal digits (default: any). A later one is accepted if the journal still has this one.")
  private @Nullable String tag;

  /// Opens the volume in `directory` for reading.
  VolumeContent open(Path directory, CliContext context) throws IOException, CommandFailed {
    var wanted = tag();
    try (var key = key(context)) {
      return VolumeContent.open(directory, key, wanted);
    }
  }

  /// Reads the key. The caller wipes it.
  Secret key(CliContext context) throws IOException, CommandFailed {
    return read(file, context);
  }

  /// Returns the tag that is given.
  Optional<VolumeTag> tag() throws CommandFailed {
    if (tag == null) {
      return Optional.empty();
    }
    var parsed = VolumeTag.parse(tag.toLowerCase(Locale.ROOT));
    if (parsed.isEmpty()) {
      throw CommandFailed.usage("--tag is 32 hexadecimal digits, not `%s`".formatted(tag));
    }
    return parsed;
  }

  /// Reads a key from a file that only its owner can read, or from standard input.
  static Secret read(Path file, CliContext context) throws IOException, CommandFailed {
    var path = CasClientOptions.given("--key-file", file);
    if (path.toString().equals("-")) {
      return parse(context.streams().in(), "standard input");
    }
    if (!Files.exists(path)) {
      throw CommandFailed.environment("there is no key %s".formatted(path));
    }
    Owned.requireSecret(path.toRealPath());
    try (var in = Files.newInputStream(path)) {
      return parse(in, path.toString());
    }
  }

  /// Generates a key.
  static Secret random() {
    var bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Secret.taking(bytes);
  }

  /// Generates a key and writes it to a file that only its owner can read, durably.
  static Secret create(Path file) throws IOException {
    var key = random();
    var digits = key.reveal(bytes -> HexFormat.of().formatHex(bytes)) + "\n";
    PrivateFiles.replace(file, digits);
    try (var directory = FileChannel.open(file.toRealPath().resolveSibling("."))) {
      directory.force(true);
    }
    return key;
  }

  private static Secret parse(InputStream in, String where) throws IOException, CommandFailed {
    var text = in.readNBytes(LONGEST);
    var key = new byte[KEY_BYTES];
    try {
      int length = text.length;
      while (length > 0 && Character.isWhitespace(text[length - 1])) {
        length--;
      }
      boolean valid = length == 2 * KEY_BYTES;
      for (var i = 0; valid && i < length; i++) {
        int digit = Character.digit(text[i], 16);
        valid = digit >= 0;
        key[i / 2] = (byte) (key[i / 2] << 4 | digit);
      }
      if (!valid) {
        throw CommandFailed.input(
            "%s is not the key of a volume, which is 64 hexadecimal digits".formatted(where));
      }
      return Secret.copyOf(key);
    } finally {
      Arrays.fill(text, (byte) 0);
      Arrays.fill(key, (byte) 0);
    }
  }
}
