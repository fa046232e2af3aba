package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.image.ImageKeys;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option with the passphrase of a key that signs images. It is never an argument itself.
final class PassphraseOption {
  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "A file with the passphrase of the key in its first line, mode 0600.")
  private @Nullable Path file;

  /// Reads the passphrase, if one is given.
  Optional<Secret> read() throws IOException, CommandFailed {
    return file == null
        ? Optional.empty()
        : Optional.of(ImageKeys.passphrase(CasClientOptions.given("--passphrase-file", file)));
  }
}
