package dev.testudo.cas.audit;

import dev.testudo.cas.caller.Caller;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import dev.testudo.trust.json.JsonValue.JsonNumber;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.pki.KeyHash;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;

/// One entry of the audit log before it is signed.
///
/// @param sequence the number of the line, from 1
/// @param at when the event happened
/// @param previous the hash of the previous line
/// @param caller the caller; empty if CAS acted on its own
/// @param event what happened
public record AuditEntry(
    long sequence, Instant at, String previous, Optional<Caller> caller, AuditEvent event) {
  /// Returns the members of the line in order, without the signature.
  public JsonObject json() {
    var members =
        new JsonBuilder()
            .put("sequence", sequence)
            .put("at", at.toString())
            .put("previous", previous);
    describe(members);
    caller.ifPresent(
        who ->
            members
                .put("caller", who.key().map(KeyHash::text))
                .put("address", who.address().getHostAddress())
                .put("request", who.request()));
    return members.build();
  }

  private void describe(JsonBuilder members) {
    switch (event) {
      case AuditEvent.Started e -> {
        members.put("event", "started").put("version", e.version());
        e.keys().put(members.put("key_hash", e.keys().hash().text()));
      }
      case AuditEvent.Stopped e -> members.put("event", "stopped").put("version", e.version());
      case AuditEvent.SessionStored e -> {
        members.put("event", "session-stored").put("session", e.session());
        members.put("hash", e.hash()).put("revision", e.revision());
        if (!e.signers().isEmpty()) {
          members.put("signers", e.signers());
        }
      }
      case AuditEvent.SessionDeleted e ->
          members
              .put("event", "session-deleted")
              .put("session", e.session())
              .put("hash", e.hash())
              .put("revision", e.revision());
      case AuditEvent.SessionRead e ->
          members.put("event", "session-read").put("session", e.session()).put("hash", e.hash());
      case AuditEvent.ValuesRead e ->
          members
              .put("event", "values-read")
              .put("session", e.session())
              .put("hash", e.hash())
              .put("secrets", e.secrets());
      case AuditEvent.Attested e -> attested(members, e);
      case AuditEvent.Renewed e -> renewed(members, e);
      case AuditEvent.TokenCreated e -> tokenCreated(members, e);
      case AuditEvent.TokenRevoked e ->
          members.put("event", "token-revoked").put("service", e.service()).put("token", e.token());
      case AuditEvent.VolumeClaimed e -> claimed(members, e);
      case AuditEvent.VolumeAdvanced e -> advanced(members, e);
      case AuditEvent.VolumeReleased e -> released(members, e);
      case AuditEvent.VolumeAccepted e -> volumeAccepted(members, e);
      case AuditEvent.Refused e ->
          members
              .put("event", "refused")
              .put("action", e.action())
              .put("subject", e.subject())
              .put("reason", e.reason())
              .put("details", e.details());
      case AuditEvent.Counted e ->
          members.put("event", "counted").put("seconds", e.seconds()).put("counts", counts(e));
      case AuditEvent.Checkpoint e -> {
        members.put("event", "checkpoint").put("first", e.first());
        members.put("first_previous", e.previous()).put("removed", e.removed());
        e.keys().put(members);
      }
      case AuditEvent.Continued e ->
          members.put("event", "continued").put("found", e.found()).put("kept", e.kept());
      case AuditEvent.BackedUp e -> {
        members.put("event", "backed-up").put("head", e.head()).put("size", e.size());
        e.keys().put(members.put("sha256", e.sha256()));
      }
      case AuditEvent.Restored e ->
          members
              .put("event", "restored")
              .put("head", e.head())
              .put("backup_at", e.made().toString());
      case AuditEvent.HeadAccepted e -> accepted(members, e);
      case AuditEvent.Rekeyed e -> members.put("event", "rekeyed").put("method", e.method());
    }
  }

  private static void accepted(JsonBuilder members, AuditEvent.HeadAccepted e) {
    members
        .put("event", "head-accepted")
        .put("of", e.of())
        .put("before", e.before())
        .put("head", e.head());
  }

  private static void attested(JsonBuilder members, AuditEvent.Attested e) {
    members
        .put("event", "attested")
        .put("service", e.service())
        .put("session_hash", e.sessionHash())
        .put("evidence", e.evidence().kind())
        .put("measurement", e.evidence().measurement())
        .put("hardware_attested", e.evidence().hardwareAttested())
        .put("remarks", e.evidence().remarks())
        .put("token", e.token())
        .put("secrets", e.secrets());
  }

  private static void renewed(JsonBuilder members, AuditEvent.Renewed e) {
    members
        .put("event", "renewed")
        .put("service", e.service())
        .put("session_hash", e.sessionHash())
        .put("evidence", e.evidence().kind())
        .put("measurement", e.evidence().measurement())
        .put("hardware_attested", e.evidence().hardwareAttested())
        .put("remarks", e.evidence().remarks())
        .put("secrets", e.secrets());
  }

  private static void claimed(JsonBuilder members, AuditEvent.VolumeClaimed e) {
    members
        .put("event", "volume-claimed")
        .put("volume", e.volume())
        .put("service", e.service())
        .put("fence", e.fence())
        .put("position", e.position())
        .put("after", e.after());
  }

  private static void advanced(JsonBuilder members, AuditEvent.VolumeAdvanced e) {
    members
        .put("event", "volume-advanced")
        .put("volume", e.volume())
        .put("fence", e.fence())
        .put("position", e.position());
  }

  private static void released(JsonBuilder members, AuditEvent.VolumeReleased e) {
    members
        .put("event", "volume-released")
        .put("volume", e.volume())
        .put("service", e.service())
        .put("fence", e.fence())
        .put("position", e.position())
        .put("reason", e.reason());
  }

  private static void tokenCreated(JsonBuilder members, AuditEvent.TokenCreated e) {
    members
        .put("event", "token-created")
        .put("service", e.service())
        .put("token", e.token())
        .put("uses", e.uses())
        .put("expires", e.expires().toString());
  }

  private static void volumeAccepted(JsonBuilder members, AuditEvent.VolumeAccepted e) {
    members
        .put("event", "volume-accepted")
        .put("volume", e.volume())
        .put("before", e.before())
        .put("position", e.position());
  }

  private static JsonObject counts(AuditEvent.Counted e) {
    var counts = new LinkedHashMap<String, JsonValue>();
    e.counts().forEach((what, count) -> counts.put(what, new JsonNumber(count)));
    return new JsonObject(counts);
  }
}
