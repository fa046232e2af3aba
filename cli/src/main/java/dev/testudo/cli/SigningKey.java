package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.trust.approval.Approval;
import dev.testudo.trust.approval.ApprovalMessage;
import dev.testudo.trust.files.Owned;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PrivateKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option with the key that signs a bundle.
final class SigningKey {
  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "A PEM file with the private key to sign with: Ed25519, P-384 or P-256 (default: the key of your identity).")
  private @Nullable Path file;

  /// Signs `message`.
  Approval sign(ApprovalMessage message, CasClientOptions cas, CliContext context)
      throws IOException, CommandFailed {
    if (file == null) {
      var me = cas.me(context);
      try {
        return Approval.of(me.key(), me.certificate().getPublicKey(), message);
      } catch (PkiException e) {
        throw CommandFailed.environment("your identity cannot sign: " + e.getMessage());
      }
    }
    var path = CasClientOptions.given("--key", file);
    if (!Files.exists(path)) {
      throw CommandFailed.environment("there is no key %s".formatted(path));
    }
    Owned.requireSecret(path.toRealPath());
    try {
      var key = PrivateKeys.fromPem(Files.readString(path, UTF_8));
      return Approval.of(key, PrivateKeys.publicKeyOf(key), message);
    } catch (PkiException e) {
      throw CommandFailed.environment(
          "%s is not a key that can sign: %s".formatted(path, e.getMessage()));
    }
  }
}
