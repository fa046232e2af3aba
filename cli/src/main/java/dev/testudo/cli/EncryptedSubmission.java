package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.channel.SessionReply;
import dev.testudo.trust.pki.EncryptionPublicKey;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Signs each session and encrypts it to the key of the CAS. The files are for others to bring to
/// CAS (`mode: EncryptedManifest` and `EncryptedOnly`).
///
/// @param signing makes the bundles
/// @param made what was made, by the names of the sessions
record EncryptedSubmission(
    SignedBundles signing, EncryptionPublicKey key, Map<SessionName, EncryptedBundle> made)
    implements SessionSubmission {

  EncryptedSubmission(SignedBundles signing, EncryptionPublicKey key) {
    this(signing, key, new LinkedHashMap<>());
  }

  @Override
  public String submit(SessionName name, String yaml, Optional<SessionReply> active)
      throws IOException, CommandFailed {
    var bundle = signing.sign(name, yaml, active);
    var file = signing.file(name, ".bundle.encrypted");
    made.put(name, BundleFile.writeEncrypted(file, bundle, key));
    return bundle.message().hash().hex();
  }

  @Override
  public String done() {
    return "encrypted for CAS";
  }
}
