package dev.testudo.trust.approval;

import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.pki.KeyHash;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/// What somebody signs to agree to a change of a session. The hash stands for the whole text and
/// for the session's creator. See `docs/formats/session-bundle.md`.
///
/// @param cas the key of the only CAS for which the signature counts
/// @param predecessor the revision that is replaced; empty if the session is new
/// @param hash the hash of the new revision
/// @param expires when the signature stops counting, in whole seconds
public record ApprovalMessage(
    KeyHash cas,
    SessionName session,
    Optional<SessionHash> predecessor,
    SessionHash hash,
    Instant expires) {
  private static final String DOMAIN = "testudo session approval v1";

  /// Returns the bytes to sign: lines of ASCII text.
  public byte[] bytes() {
    return "%s\ncas %s\nsession %s\npredecessor %s\nhash %s\nexpires %s\n"
        .formatted(
            DOMAIN, cas, session, predecessor.map(SessionHash::hex).orElse("none"), hash, expires)
        .getBytes(StandardCharsets.US_ASCII);
  }
}
