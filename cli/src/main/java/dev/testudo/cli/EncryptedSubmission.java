package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.channel.SessionReply;
import dev.testudo.trust.pki.EncryptionPublicKey;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Signs each session and encrypts it to the key of the CAS. The files are for others to bring to
/// CAS (`mode: EncryptedManifest` and `EncryptedOnly`).
final class EncryptedSubmission implements SessionSubmission {
  private final SignedBundles signing;
  private final EncryptionPublicKey key;
  private final Map<SessionName, EncryptedBundle> made = new LinkedHashMap<>();

  EncryptedSubmission(SignedBundles signing, EncryptionPublicKey key) {
    this.signing = signing;
    this.key = key;
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

  @Override
  public Map<SessionName, EncryptedBundle> encrypted() {
    return Collections.unmodifiableMap(made);
  }
}
