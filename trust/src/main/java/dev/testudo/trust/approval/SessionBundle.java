package dev.testudo.trust.approval;

import dev.testudo.policy.session.SessionHash;
import dev.testudo.policy.session.SessionName;
import dev.testudo.trust.json.Json;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonMembers;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonArray;
import dev.testudo.trust.json.MessageException;
import dev.testudo.trust.pki.KeyHash;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A proposed change of a session with the signatures of those who agree to it. It is a file that
/// may travel by any way: who changes it voids the signatures. See
/// `docs/formats/session-bundle.md`.
///
/// @param message what is signed
/// @param creator the key that registers the session, or has registered its first revision
/// @param yaml the text of the session, whose hash the message has
public record SessionBundle(
    ApprovalMessage message, KeyHash creator, String yaml, List<Approval> approvals) {
  /// The longest encoded bundle, in bytes.
  public static final int LIMIT = 3 << 20;

  /// The most signatures.
  public static final int MOST_APPROVALS = 32;

  private static final String FORMAT = "testudo-session-bundle-v1";

  /// Checks that the message is about this text, and copies the list.
  public SessionBundle {
    approvals = List.copyOf(approvals);
    if (!message.hash().equals(SessionHash.of(creator.text(), yaml))) {
      throw new IllegalArgumentException("the hash is not that of the text and the creator");
    }
    if (approvals.size() > MOST_APPROVALS) {
      throw new IllegalArgumentException("too many signatures");
    }
  }

  /// Returns the bundle with one more approval, which replaces an earlier one of the same key.
  public SessionBundle with(Approval approval) {
    var all = new ArrayList<>(approvals);
    all.removeIf(one -> one.signer().equals(approval.signer()));
    all.add(approval);
    return new SessionBundle(message, creator, yaml, all);
  }

  /// Returns the keys that have signed the message. All signatures are verified, so the time tells
  /// nothing about which of them are right.
  public Set<KeyHash> verified() {
    var keys = new LinkedHashSet<KeyHash>();
    for (var approval : approvals) {
      approval.verified(message).ifPresent(keys::add);
    }
    return keys;
  }

  /// Encodes the bundle as JSON.
  public byte[] encode() {
    var signatures =
        approvals.stream()
            .<JsonValue>map(
                one ->
                    new JsonBuilder()
                        .put("signer", one.signer())
                        .put("signature", one.signature())
                        .build())
            .toList();
    return Json.write(
        new JsonBuilder()
            .put("format", FORMAT)
            .put("cas", message.cas().text())
            .put("name", message.session().value())
            .put("predecessor", message.predecessor().map(SessionHash::hex))
            .put("hash", message.hash().hex())
            .put("expires", message.expires().toString())
            .put("creator", creator.text())
            .put("session", yaml)
            .put("signatures", new JsonArray(signatures))
            .build());
  }

  /// Decodes the result of [#encode()].
  public static SessionBundle decode(byte[] bytes) throws MessageException {
    var fields = JsonMembers.read(bytes, LIMIT, "bundle");
    if (!fields.text("format").equals(FORMAT)) {
      throw fields.wrong("format", "`%s`".formatted(FORMAT));
    }
    var message = message(fields);
    var creator = key(fields, "creator");
    var yaml = fields.text("session");
    var approvals = new ArrayList<Approval>();
    for (var element : fields.array("signatures")) {
      var one = JsonMembers.of(element, "signature");
      approvals.add(new Approval(one.text("signer"), one.text("signature")));
      one.done();
    }
    fields.done();
    if (approvals.size() > MOST_APPROVALS) {
      throw fields.wrong("signatures", "a list of at most %d".formatted(MOST_APPROVALS));
    }
    if (!message.hash().equals(SessionHash.of(creator.text(), yaml))) {
      throw fields.wrong("hash", "the hash of its `session` and `creator`");
    }
    return new SessionBundle(message, creator, yaml, approvals);
  }

  private static ApprovalMessage message(JsonMembers fields) throws MessageException {
    var predecessor = fields.optionalText("predecessor");
    var expires = fields.instant("expires");
    if (!expires.equals(expires.truncatedTo(ChronoUnit.SECONDS))) {
      throw fields.wrong("expires", "in whole seconds");
    }
    return new ApprovalMessage(
        key(fields, "cas"),
        SessionName.parse(fields.text("name"))
            .orElseThrow(() -> fields.wrong("name", "the name of a session")),
        predecessor.isEmpty()
            ? Optional.empty()
            : Optional.of(hash(fields, "predecessor", predecessor.get())),
        hash(fields, "hash", fields.text("hash")),
        expires);
  }

  private static KeyHash key(JsonMembers fields, String name) throws MessageException {
    return KeyHash.parse(fields.text(name))
        .orElseThrow(() -> fields.wrong(name, "the hash of a key"));
  }

  private static SessionHash hash(JsonMembers fields, String name, String text)
      throws MessageException {
    return SessionHash.parse(text)
        .filter(hash -> hash.hex().equals(text))
        .orElseThrow(() -> fields.wrong(name, "64 hexadecimal digits"));
  }

  @Override
  public String toString() {
    return "SessionBundle[%s %s]".formatted(message.session(), message.hash());
  }
}
