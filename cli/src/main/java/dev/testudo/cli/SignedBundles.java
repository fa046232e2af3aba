package dev.testudo.cli;

import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.approval.Approval;
import dev.testudo.trust.approval.ApprovalMessage;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.channel.SessionReply;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.pki.PkiException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/// Makes bundles of the sessions of a mesh, signed by the user.
///
/// @param cas the key of the CAS that the bundles are for
/// @param me the signer
/// @param folder the directory of the bundles
/// @param now when the signatures are made
record SignedBundles(KeyHash cas, Identity me, Path folder, Instant now) {
  /// How long others can add their signatures, or bring the bundle to CAS.
  private static final Duration VALIDITY = Duration.ofDays(30);

  /// Returns the file for the bundle of a session.
  Path file(SessionName name, String ending) {
    return folder.resolve(name.value().replace('/', '-') + ".yaml" + ending);
  }

  /// Signs a session.
  ///
  /// @param active the active session of that name
  SessionBundle sign(SessionName name, String yaml, Optional<SessionReply> active)
      throws CommandFailed {
    var creator = active.isPresent() ? CasClientOptions.hash(active.get().creator()) : me.keyHash();
    var message =
        new ApprovalMessage(
            cas,
            name,
            active.map(SessionReply::hash).flatMap(SessionHash::parse),
            SessionHash.of(creator.text(), yaml),
            now.plus(VALIDITY).truncatedTo(ChronoUnit.SECONDS));
    try {
      var signature = Approval.of(me.key(), me.certificate().getPublicKey(), message);
      return new SessionBundle(message, creator, yaml, List.of()).with(signature);
    } catch (PkiException e) {
      throw CommandFailed.environment("your identity cannot sign: " + e.getMessage());
    }
  }
}
