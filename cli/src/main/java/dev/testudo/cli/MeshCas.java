package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.up.RunningCas;
import dev.testudo.policy.manifest.CasInstance;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.UploadMode;
import dev.testudo.policy.source.Text;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.pki.EncryptionPublicKey;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.util.Optional;

/// The CAS that the sessions of a mesh go to: the one of the options, else the one that the
/// Meshfile names.
///
/// @param options the options that select a CAS and the identity of the caller
/// @param home the entry of the Meshfile with the role `cas`
record MeshCas(CliContext context, CasClientOptions options, Optional<CasInstance> home) {

  static MeshCas of(Mesh mesh, CasClientOptions options, CliContext context) {
    return new MeshCas(context, options, mesh.home());
  }

  /// Returns how the Meshfile wants the sessions to reach the CAS.
  UploadMode mode() {
    return home.map(CasInstance::mode).orElse(UploadMode.UPLOAD);
  }

  /// Returns a client of the CAS. It sends nothing to a CAS with another key.
  CasClient client(RunningCas which) throws IOException, CommandFailed {
    return new CasClient(which.address(), which.key(), options.me(context));
  }

  /// Returns the address and the key of the CAS.
  ///
  /// @throws CommandFailed if its key is not known, or is not the one of the Meshfile
  RunningCas which() throws IOException, CommandFailed {
    var expected = expected();
    var url = home.flatMap(CasInstance::url).map(Text::value);
    var selected =
        options.isSelected(context) || url.isEmpty()
            ? options.which(context, expected)
            : options.at(url.get(), expected, context);
    if (expected.isPresent() && !expected.get().equals(selected.key())) {
      throw CommandFailed.refused(
          "CAS %s has the key %s, and %s says `cas_key: %s`; nothing was sent"
              .formatted(selected.address(), selected.key(), place(), expected.get()));
    }
    return selected;
  }

  /// Returns the CAS; empty if none is selected, or its key is not known.
  ///
  /// @throws CommandFailed if its key is not the one of the Meshfile
  Optional<RunningCas> ifKnown() throws IOException, CommandFailed {
    var url = home.flatMap(CasInstance::url).map(Text::value);
    if (options.isSelected(context) || (url.isPresent() && expected().isPresent())) {
      return Optional.of(which());
    }
    var known = KnownCas.read(context);
    return url.isPresent() ? known.at(CasClientOptions.address(url.get())) : known.first();
  }

  /// Returns the key to which sessions are encrypted: the one of the Meshfile, else the one that
  /// the CAS says.
  ///
  /// @throws CommandFailed if the CAS has another key than the Meshfile says
  EncryptionPublicKey encryptionKey(CasClient client) throws IOException, CommandFailed {
    var own = client.encryptionKey();
    var given = home.flatMap(CasInstance::encryptionKey);
    if (given.isPresent() && !given.get().value().equalsIgnoreCase(own.toString())) {
      throw CommandFailed.refused(
          "the encryption key of the CAS is %s, and %s says `cas_encryption_key: %s`"
              .formatted(own, given.get().span().place(), given.get().value()));
    }
    return own;
  }

  private Optional<KeyHash> expected() throws CommandFailed {
    var text = home.flatMap(CasInstance::key).map(Text::value);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var key = KeyHash.parse(text.get());
    if (key.isEmpty()) {
      throw CommandFailed.input(
          "%s: `cas_key` is not the hash of a key: 32 bytes in base58".formatted(place()));
    }
    return key;
  }

  private String place() {
    return home.flatMap(CasInstance::key).map(text -> text.span().place()).orElse("the Meshfile");
  }
}
