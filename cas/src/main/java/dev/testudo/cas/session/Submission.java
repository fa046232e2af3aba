package dev.testudo.cas.session;

import dev.testudo.cas.access.Consenting;
import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.catalog.Catalog;
import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.cas.refusal.Refused;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.trust.approval.SessionBundle;
import dev.testudo.trust.pki.KeyHash;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A session that a caller asks CAS to register.
///
/// @param session the session, without mistakes
/// @param yaml its text
/// @param consenting the caller and those who have signed the change
/// @param signed the hash that the signers have signed; empty if there is no signature
/// @param key the key that becomes the creator of a new session: the creator that the bundle names
///     if it has signed, so that anybody can bring the bundle; otherwise the key of the caller
record Submission(
    Session session,
    String yaml,
    Caller caller,
    Consenting consenting,
    Optional<SessionHash> signed,
    KeyHash key) {

  /// Returns the submission of a text without signatures.
  static Submission of(String yaml, Caller caller) throws Refused {
    var consenting = new Consenting(caller.requireKey(), Set.of());
    return new Submission(
        parse(yaml), yaml, caller, consenting, Optional.empty(), consenting.caller());
  }

  /// Returns the submission of a bundle. Its signatures are verified here, all of them.
  static Submission of(SessionBundle bundle, Caller caller) throws Refused {
    var consenting = new Consenting(caller.requireKey(), bundle.verified());
    return new Submission(
        parse(bundle.yaml()),
        bundle.yaml(),
        caller,
        consenting,
        Optional.of(bundle.message().hash()),
        consenting.signers().contains(bundle.creator()) ? bundle.creator() : consenting.caller());
  }

  /// Returns the hash that the session has if `creator` created it.
  ///
  /// @throws Refused if the signers have signed another one
  SessionHash hash(String creator) throws Refused {
    var hash = SessionHash.of(creator, yaml);
    if (signed.isPresent() && !signed.get().equals(hash)) {
      throw new Refused(
          RefusalId.INVALID_BUNDLE,
          "the bundle was made for another creator: the creator of session `%s` is key %s"
              .formatted(session.name(), creator));
    }
    return hash;
  }

  /// Returns the creator if only its signature makes it the creator, for the audit log.
  List<String> signedCreator() {
    return key.equals(consenting.caller()) ? List.of() : List.of(key.text());
  }

  /// Returns a request's body as text.
  static String text(byte[] body) throws Refused {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new Refused(RefusalId.MALFORMED_REQUEST, "the session is not UTF-8");
    }
  }

  private static Session parse(String yaml) throws Refused {
    return switch (SessionParser.read(Catalog.source("session", yaml))) {
      case Parsed.Valid<Session>(var session, _) -> session;
      case Parsed.Invalid<Session>(var problems) ->
          throw new Refused(
              RefusalId.INVALID_SESSION,
              "the session has errors",
              List.of(Diagnostics.render(problems)));
    };
  }

  @Override
  public String toString() {
    return "Submission[%s]".formatted(session.name());
  }
}
