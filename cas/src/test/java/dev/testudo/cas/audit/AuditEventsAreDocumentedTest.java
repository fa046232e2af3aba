package dev.testudo.cas.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.audit.AuditKeys;
import dev.testudo.trust.audit.AuditSigner;
import dev.testudo.trust.json.JsonValue.JsonObject;
import dev.testudo.trust.json.JsonValue.JsonString;
import dev.testudo.trust.pki.Ed25519Key;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// `docs/formats/audit-log.md` has a section for each event, with all its members in order.
class AuditEventsAreDocumentedTest {
  private static final AuditKeys KEYS =
      new AuditSigner(Identity.ephemeral("cas"), Ed25519Key.generate(new SecureRandom())).keys();

  private static final AcceptedEvidence EVIDENCE =
      new AcceptedEvidence("software", "m", false, List.of("r"));

  /// One event of each kind, with all optional members.
  private static final List<AuditEvent> EVENTS =
      List.of(
          new AuditEvent.Started("1", KEYS),
          new AuditEvent.Stopped("1"),
          new AuditEvent.SessionStored("s", "h", 1, List.of("k")),
          new AuditEvent.SessionDeleted("s", "h", 1),
          new AuditEvent.SessionRead("s", "h"),
          new AuditEvent.ValuesRead("s", "h", List.of("v@1")),
          new AuditEvent.Attested("s/a", "h", EVIDENCE, Optional.of("t"), List.of()),
          new AuditEvent.Renewed("s/a", "h", EVIDENCE, List.of()),
          new AuditEvent.TokenCreated("s/a", "t", 1, Instant.EPOCH),
          new AuditEvent.TokenRevoked("s/a", "t"),
          new AuditEvent.VolumeClaimed("s:v", "s/a", 1, Optional.of("1:t"), Optional.of("s/b")),
          new AuditEvent.VolumeAdvanced("s:v", 1, "1:t"),
          new AuditEvent.VolumeReleased("s:v", "s/a", 1, Optional.of("1:t"), "released"),
          new AuditEvent.VolumeAccepted("s:v", Optional.of("1:t"), "t"),
          new AuditEvent.Refused("attest", "s/a", "r", List.of()),
          new AuditEvent.Counted(60, Map.of("attest r - 192.0.2.7", 1L)),
          new AuditEvent.Checkpoint(2, "h", 1, KEYS),
          new AuditEvent.Continued("f", "k"),
          new AuditEvent.BackedUp("1:h", 1, "h", KEYS),
          new AuditEvent.Restored("1:h", Instant.EPOCH),
          new AuditEvent.HeadAccepted("k", Optional.of("1:h"), "1:h"),
          new AuditEvent.Rekeyed("key"));

  @Test
  void noKindOfEventIsLeftOut() {
    assertEquals(
        Set.of(AuditEvent.class.getPermittedSubclasses()),
        EVENTS.stream().map(Object::getClass).collect(Collectors.toSet()));
  }

  @Test
  void thePageHasEveryEventAndItsMembers() throws IOException {
    var written = new LinkedHashMap<String, List<String>>();
    for (var event : EVENTS) {
      var members = json(event).members();
      var names = new ArrayList<>(members.keySet());
      names.removeAll(List.of("sequence", "at", "previous", "event"));
      if (members.get("event") instanceof JsonString(var name)) {
        written.put(name, names);
      }
    }
    assertEquals(written, documented());
  }

  private static JsonObject json(AuditEvent event) {
    return new AuditEntry(1, Instant.EPOCH, "p", Optional.empty(), event).json();
  }

  private static Map<String, List<String>> documented() throws IOException {
    var page = Files.readString(Path.of("../docs/formats/audit-log.md"));
    var events = new LinkedHashMap<String, List<String>>();
    for (var section : page.split("(?m)^##+ ", -1)) {
      var name = Pattern.compile("^`([a-z-]+)`\n").matcher(section);
      if (name.find()) {
        events.put(
            name.group(1),
            Pattern.compile("(?m)^- `([a-z][a-z0-9_]*)`:")
                .matcher(section)
                .results()
                .map(member -> member.group(1))
                .toList());
      }
    }
    return events;
  }
}
