package dev.testudo.operator.policy;

import dev.testudo.operator.resource.PolicySignature;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.approval.Approval;
import dev.testudo.trust.approval.ApprovalMessage;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.pki.PkiException;
import dev.testudo.trust.pki.PublicKeys;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// What an object says of a policy, before it is read. Whoever can write objects can write
/// anything.
///
/// @param casAddress `HOST:PORT`, or a URL with it
/// @param casKey the hash of the key of CAS
/// @param policy the text of the session
/// @param creator the hash of the key of the creator
/// @param expires when the signatures stop to count
/// @param signatures of those who agree
record PolicyText(
    String casAddress,
    String casKey,
    String policy,
    String creator,
    String expires,
    List<PolicySignature> signatures) {
  private static final String SCHEME = "https://";
  private static final String PEM = "-----BEGIN";

  /// Reads all of it.
  ///
  /// @throws UnreadablePolicyException if something is wrong, with what and where
  PolicyOrder read() throws UnreadablePolicyException {
    var session = session();
    var creatorKey = key("creator", creator);
    if (signatures.size() > SessionBundle.MOST_APPROVALS) {
      throw new UnreadablePolicyException(
          "`signatures` has %d entries, %d are allowed"
              .formatted(signatures.size(), SessionBundle.MOST_APPROVALS));
    }
    var message =
        new ApprovalMessage(
            key("casKey", casKey),
            session.name(),
            session.lineage().predecessor(),
            SessionHash.of(creatorKey.text(), policy),
            expiry());
    var approvals = signatures.stream().map(PolicyText::approval).toList();
    return new PolicyOrder.Signed(
        address(casAddress), new SessionBundle(message, creatorKey, policy, approvals));
  }

  private Session session() throws UnreadablePolicyException {
    return switch (SessionParser.read(new SourceFile("policy", policy))) {
      case Parsed.Valid<Session>(var session, _) -> session;
      case Parsed.Invalid<Session>(var problems) ->
          throw new UnreadablePolicyException(
              "`policy` has mistakes:\n" + Diagnostics.render(problems));
    };
  }

  /// Reads an address of CAS: `HOST:PORT`, or a URL with it.
  static CasAddress address(String casAddress) throws UnreadablePolicyException {
    var text = casAddress.startsWith(SCHEME) ? casAddress.substring(SCHEME.length()) : casAddress;
    return CasAddress.parse(text.endsWith("/") ? text.substring(0, text.length() - 1) : text)
        .orElseThrow(
            () -> new UnreadablePolicyException("`casAddress` is not HOST:PORT: " + casAddress));
  }

  /// Reads the hash of a key.
  static KeyHash key(String field, String text) throws UnreadablePolicyException {
    return KeyHash.parse(text)
        .orElseThrow(
            () -> new UnreadablePolicyException("`%s` is not the hash of a key".formatted(field)));
  }

  private Instant expiry() throws UnreadablePolicyException {
    try {
      var time = Instant.parse(expires);
      if (time.equals(time.truncatedTo(ChronoUnit.SECONDS))) {
        return time;
      }
    } catch (DateTimeException e) {
      // Said below.
    }
    throw new UnreadablePolicyException(
        "`expires` is not a time in UTC and whole seconds, such as 2026-12-01T00:00:00Z");
  }

  /// A signer may be PEM, as SCONE writes it. A key that cannot be read stays as it is, and counts
  /// for nobody.
  private static Approval approval(PolicySignature signature) {
    var signer = signature.signer().strip();
    return new Approval(
        signer.startsWith(PEM) ? base64(signer).orElse(signer) : signer,
        signature.signature().strip());
  }

  private static Optional<String> base64(String pem) {
    try {
      return Optional.of(Base64.getEncoder().encodeToString(PublicKeys.fromPem(pem).getEncoded()));
    } catch (PkiException e) {
      return Optional.empty();
    }
  }
}
