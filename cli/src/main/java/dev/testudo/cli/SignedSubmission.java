package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.SessionReply;
import java.io.IOException;
import java.util.Optional;

/// Signs each session, keeps the bundle in a file, and registers it with the signature
/// (`mode: SignedManifest`).
record SignedSubmission(CasClient client, SignedBundles signing) implements SessionSubmission {

  @Override
  public String submit(SessionName name, String yaml, Optional<SessionReply> active)
      throws IOException, CommandFailed {
    var bundle = signing.sign(name, yaml, active);
    BundleFile.write(signing.file(name, ".bundle"), bundle);
    return client.registerBundle(bundle);
  }
}
