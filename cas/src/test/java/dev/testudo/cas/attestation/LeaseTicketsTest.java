package dev.testudo.cas.attestation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.session.ServiceId;
import dev.testudo.trust.pki.KeyHash;
import dev.testudo.trust.secret.Secret;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaseTicketsTest {
  private static final KeyHash ME = new KeyHash("29d2S7vB453rNYFdR5Ycwt7y9haRT5fwVwL9zTmBhfV2");
  private static final String CODE = "ab".repeat(32);

  /// A ticket of the version before, for a service with software evidence and a join token. It was
  /// made with another program, after docs/formats/attested-channel.md.
  private static final String BEFORE =
      "1.eyJzZXJ2aWNlIjoiZGVtby9hcHAiLCJjcmVhdG9yIjoiY3JlYXRvciIsImlzb2xhdGlvbiI6InNvZnR3YXJlIi"
          + "wibWVhc3VyZW1lbnQiOiJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYm"
          + "FiYWJhYmFiYWJhYmFiIiwiam9pbl90b2tlbiI6dHJ1ZSwicGFzc3dvcmQiOmZhbHNlfQ"
          + ".d6cba2585f94cf726612bf623709d2c551c00d490ceefb7a7638cdb67de2a95d";

  private final TicketKey key = TicketKey.of(Secret.copyOf(bytes()));
  private final LeaseTickets tickets = new LeaseTickets(key);

  /// The bytes 0 to 31.
  private static byte[] bytes() {
    var bytes = new byte[32];
    for (var i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  private static LeaseTickets.Said said(Instant at) {
    return new LeaseTickets.Said(
        ServiceId.parse("demo/app").orElseThrow(),
        "creator",
        at,
        new EvidenceClaims.Software(CODE),
        new Tickets.Shown(true, false, Optional.empty()));
  }

  @Test
  void aTicketIsReadAsItWasIssuedAndByItsInstanceOnly() {
    var said = said(Instant.parse("2026-11-30T10:00:00Z"));
    var ticket = tickets.issue(ME, said);
    assertEquals(Optional.of(said), tickets.open(ME, ticket));
    assertEquals(Optional.empty(), tickets.open(new KeyHash("1".repeat(32)), ticket));
    assertChangesAreRefused(ticket);
  }

  @Test
  void aTicketOfTheVersionBeforeIsReadSoThatRunningServicesKeepTheirVolumes() {
    assertEquals(Optional.of(said(Instant.EPOCH)), tickets.open(ME, BEFORE));
    assertEquals(Optional.empty(), tickets.open(new KeyHash("1".repeat(32)), BEFORE));
    assertChangesAreRefused(BEFORE);
  }

  private void assertChangesAreRefused(String ticket) {
    for (var i = 0; i < ticket.length(); i++) {
      var changed =
          ticket.substring(0, i) + (ticket.charAt(i) == '2' ? '1' : '2') + ticket.substring(i + 1);
      assertTrue(tickets.open(ME, changed).isEmpty(), changed);
    }
  }

  /// Whoever had the key could write anything; that version verified software evidence only.
  @Test
  void aTicketOfTheVersionBeforeSpeaksOfSoftwareOnly() {
    var hardware =
        "{\"service\":\"demo/app\",\"creator\":\"creator\",\"isolation\":\"%s\",\"measurement\":\"%s\",\"join_token\":true,\"password\":false}";
    for (var isolation : List.of("sgx", "tdx", "sev-snp")) {
      assertEquals(
          Optional.empty(), tickets.open(ME, signed("1", hardware.formatted(isolation, CODE))));
    }
    var software = hardware.formatted("software", CODE);
    assertEquals(Optional.of(said(Instant.EPOCH)), tickets.open(ME, signed("1", software)));
    assertEquals(Optional.empty(), tickets.open(ME, signed("2", software)));
    assertEquals(Optional.empty(), tickets.open(ME, signed("3", software)));
  }

  private String signed(String version, String json) {
    var content =
        version
            + "."
            + Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
    var words = List.of("testudo lease ticket v" + version, ME.text(), content);
    return content + "." + key.mac(words);
  }
}
