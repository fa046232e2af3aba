package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.files.PrivateFiles;
import dev.testudo.trust.files.Owned;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.PkiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// The identities by which CAS knows people, kept as PEM files that only their owner can read.
final class Identities {
  private Identities() {}

  /// Reads the identity in `file`.
  ///
  /// @throws CommandFailed if there is none, or others can read it
  static Identity read(Path file) throws IOException, CommandFailed {
    if (!Files.exists(file)) {
      throw CommandFailed.environment(
          "there is no identity %s; make one with `testudo identity create %s`"
              .formatted(file, file));
    }
    // Follow links: Kubernetes mounts secrets as links.
    Owned.requireSecret(file.toRealPath());
    try {
      return Identity.fromPem(Files.readString(file, UTF_8));
    } catch (PkiException e) {
      throw CommandFailed.environment(
          "%s is not a key with its certificate: %s".formatted(file, e.getMessage()));
    }
  }

  /// Returns the identity in `file` and creates it on first use. Only for files at default places,
  /// whose names cannot be mistyped.
  static Identity kept(Path file) throws IOException, CommandFailed {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? read(file) : make(file);
  }

  /// Creates a new identity in `file`, replacing what is there.
  static Identity make(Path file) throws IOException {
    var parent = file.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      PrivateFiles.directory(parent);
    }
    var made = Identity.ephemeral("testudo");
    try (var pem = made.toPem()) {
      PrivateFiles.replace(file, pem.<byte[]>reveal(byte[]::clone));
    }
    return made;
  }
}
