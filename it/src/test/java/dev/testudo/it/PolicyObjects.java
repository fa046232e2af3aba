package dev.testudo.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.approval.Approval;
import dev.testudo.trust.approval.ApprovalMessage;
import dev.testudo.trust.approval.EncryptedBundle;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.channel.PredecessorLine;
import dev.testudo.trust.pki.EncryptionPublicKey;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.PkiException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Policies that an author signs, as objects of Kubernetes.
///
/// @param cas the CAS for which they are signed
/// @param casAddress where the objects say that it is
record PolicyObjects(RunningCas cas, String casAddress, Identity author) {

  static PolicyObjects of(RunningCas cas) {
    return new PolicyObjects(
        cas, "https://" + cas.address(), Identity.ephemeral("author.testudo.internal"));
  }

  /// The text of a session that only its creator can read and change.
  static String text(String name) {
    return """
    name: %s
    version: "0.3.10"
    access_policy: {read: CREATOR, update: CREATOR}
    """
        .formatted(name);
  }

  String hash(String text) {
    return SessionHash.of(author.keyHash().text(), text).hex();
  }

  /// Our own object for a session.
  String signed(String space, String object, String text) {
    var parts = parts(text);
    return json(
        Map.of(
            "apiVersion",
            "testudo.dev/v1alpha1",
            "kind",
            "SignedPolicy",
            "metadata",
            Map.of("name", object, "namespace", space),
            "spec",
            Map.of(
                "casAddress", casAddress,
                "casKey", cas.key().text(),
                "policy", text,
                "creator", author.keyHash().text(),
                "expires", parts.expires(),
                "signatures", List.of(parts.signature()))));
  }

  /// The object of SCONE's operator for a session.
  ///
  /// @param annotated whether it says for which CAS it is
  String scone(String space, String object, String text, boolean annotated) {
    var parts = parts(text);
    var notes =
        annotated
            ? Map.of(
                "testudo.dev/cas-key", cas.key().text(),
                "testudo.dev/creator", author.keyHash().text(),
                "testudo.dev/expires", parts.expires())
            : Map.of();
    return json(
        Map.of(
            "apiVersion",
            "cas.scone.cloud/v1beta1",
            "kind",
            "SignedPolicy",
            "metadata",
            Map.of("name", object, "namespace", space, "annotations", notes),
            "spec",
            Map.of(
                "casAddress", casAddress,
                "policy", text,
                "signatures", List.of(parts.signature()))));
  }

  /// The object of SCONE's operator for a session that only a CAS with the encryption key `key` can
  /// read.
  String encrypted(String space, String object, String text, EncryptionPublicKey key) {
    try {
      var bundle = EncryptedBundle.of(bundle(text), key);
      return json(
          Map.of(
              "apiVersion",
              "cas.scone.cloud/v1beta1",
              "kind",
              "EncryptedPolicy",
              "metadata",
              Map.of(
                  "name",
                  object,
                  "namespace",
                  space,
                  "annotations",
                  Map.of("testudo.dev/cas-key", cas.key().text())),
              "spec",
              Map.of(
                  "casAddress", casAddress,
                  "policy", bundle.encrypted(),
                  "encryptionKey", bundle.key().toString())));
    } catch (PkiException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Parts(String expires, Map<String, String> signature) {}

  private Parts parts(String text) {
    var bundle = bundle(text);
    var approval = bundle.approvals().getFirst();
    return new Parts(
        bundle.message().expires().toString(),
        Map.of("signer", approval.signer(), "signature", approval.signature()));
  }

  /// The bundle of a session, signed by its author.
  SessionBundle bundle(String text) {
    var name =
        text.lines()
            .filter(line -> line.startsWith("name: "))
            .findFirst()
            .orElseThrow()
            .substring("name: ".length());
    var expires = Instant.now().plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS);
    var message =
        new ApprovalMessage(
            cas.key(),
            new SessionName(name),
            predecessor(text),
            new SessionHash(hash(text)),
            expires);
    try {
      var approval = Approval.of(author.key(), author.certificate().getPublicKey(), message);
      return new SessionBundle(message, author.keyHash(), text, List.of(approval));
    } catch (PkiException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Optional<SessionHash> predecessor(String text) {
    return text.lines()
        .filter(line -> line.startsWith("predecessor: "))
        .map(line -> line.replaceAll("predecessor: |\"", ""))
        .findFirst()
        .map(SessionHash::new);
  }

  /// The text of a session that replaces the revision `before`.
  String next(String before, String more) {
    return PredecessorLine.withPredecessor(before + more, hash(before));
  }

  private static String json(Object object) {
    return new ObjectMapper().valueToTree(object).toString();
  }
}
