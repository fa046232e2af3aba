package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.PkiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Keys under which people speak to a CAS, kept as PEM files that only their owner can read.
final class Identities {
  private Identities() {}

  /// The identity in `file`.
  static Identity read(Path file) throws IOException, CommandFailed {
    try {
      return Identity.fromPem(Files.readString(file, UTF_8));
    } catch (PkiException e) {
      throw CommandFailed.environment(
          "%s is not a key with its certificate: %s".formatted(file, e.getMessage()));
    }
  }

  /// The identity in `file`, made on first use.
  static Identity kept(Path file) throws IOException, CommandFailed {
    if (Files.exists(file)) {
      return read(file);
    }
    var parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      PrivateFiles.directory(parent);
    }
    var made = Identity.ephemeral("testudo");
    try (var pem = made.toPem()) {
      PrivateFiles.replace(file, pem.<byte[]>reveal(byte[]::clone));
    }
    return made;
  }
}
