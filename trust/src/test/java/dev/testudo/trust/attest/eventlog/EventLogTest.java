package dev.testudo.trust.attest.eventlog;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.attest.eventlog.ReplayedLog.State;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.generator.EventLogs;
import dev.testudo.trust.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Parsing and replay of event logs, which a hostile guest may have written.
class EventLogTest {
  private static final byte[] ONE = {1};

  private static RejectionId refused(Octets log) {
    return assertThrows(EvidenceException.class, () -> TcgLog.ccel(log)).id();
  }

  private static ReplayedLog own(EventLog log) {
    return ReplayedLog.of(log, log.replay());
  }

  private static EventLog runtime(String json) throws Exception {
    return RuntimeEvents.parse(Json.read(json.getBytes(UTF_8), 1 << 16));
  }

  @Test
  void whatABootMeasuredIsTold() throws Exception {
    var facts = BootFacts.of(own(TcgLog.ccel(EventLogs.boot())));
    assertEquals(Optional.of(true), facts.secureBoot());
    assertEquals(List.of("root=/dev/vda quiet"), facts.commandLines());
    assertEquals(1, facts.started().size());
  }

  @Test
  void textThatTheDigestDoesNotCoverIsNotUsed() throws Exception {
    var variable = EventLogs.variable("SecureBoot", ONE);
    var other = EventLogs.sha384(EventLogs.variable("SecureBoot", new byte[1]));
    var log =
        TcgLog.ccel(
            EventLogs.empty()
                .event(0, EventType.VARIABLE.number(), other, variable)
                .event(2, 0xd, other, "kernel_cmdline: quiet\0".getBytes(US_ASCII))
                .filled(0, 0));
    var facts = BootFacts.of(own(log));
    assertEquals(Optional.empty(), facts.secureBoot());
    assertEquals(List.of(), facts.commandLines());
    assertTrue(own(log).believed().stream().noneMatch(EventContent::confirmed));
  }

  /// The digest of a boot option covers its value only, so such an event could stand for another.
  @Test
  void aHashOfTheValueAloneIsNoSecureBootVariable() throws Exception {
    var forged = EventLogs.variable("SecureBoot", ONE);
    for (var type : List.of(EventType.VARIABLE, EventType.BOOT_VARIABLE)) {
      var log =
          EventLogs.empty().event(0, type.number(), EventLogs.sha384(ONE), forged).filled(0, 0);
      assertEquals(Optional.empty(), BootFacts.of(own(TcgLog.ccel(log))).secureBoot());
    }
  }

  @Test
  void registersWithoutEventsAreToldApartFromThoseThatDiffer() throws Exception {
    var log = TcgLog.ccel(EventLogs.boot());
    var quoted = new ArrayList<>(log.replay());
    var extended = Octets.of(EventLogs.sha384(ONE));
    quoted.set(3, extended);
    assertEquals(State.NOT_IN_LOG, ReplayedLog.of(log, quoted).registers().get(3).state());
    assertTrue(ReplayedLog.of(log, quoted).holds());
    quoted.set(2, extended);
    assertEquals(State.DIFFERS, ReplayedLog.of(log, quoted).registers().get(2).state());
    assertFalse(ReplayedLog.of(log, quoted).holds());
  }

  @Test
  void aLogIsCompleteWithoutFillingOrWithEitherKind() throws Exception {
    var bare = TcgLog.ccel(EventLogs.empty().filled(0, 0));
    assertEquals(bare, TcgLog.ccel(EventLogs.empty().filled(1, 0)));
    assertEquals(bare, TcgLog.ccel(EventLogs.empty().filled(1000, 0xff)));
    assertEquals(RejectionId.MALFORMED_EVIDENCE, refused(EventLogs.empty().filled(9, 'x')));
    var hidden = EventLogs.empty().u32(-1).u32(-1).u32(-1).u32(7).filled(9, 0xff);
    assertEquals(RejectionId.MALFORMED_EVIDENCE, refused(hidden));
  }

  @Test
  void unknownAlgorithmsSizesAndRegistersAreRefused() {
    assertEquals(
        RejectionId.UNSUPPORTED_EVIDENCE, refused(EventLogs.startingWith(9, 48).filled(0, 0)));
    assertEquals(
        RejectionId.UNSUPPORTED_EVIDENCE,
        refused(EventLogs.startingWith(EventLogs.SHA384, 32).filled(0, 0)));
    assertEquals(
        RejectionId.UNSUPPORTED_EVIDENCE, refused(EventLogs.startingWith(0xb, 32).filled(0, 0)));
    for (var register : new int[] {-1, 4, 255}) {
      var log = EventLogs.empty().event(register, 5, new byte[48], ONE).filled(0, 0);
      assertEquals(RejectionId.MALFORMED_EVIDENCE, refused(log));
    }
    for (var count : new long[] {0, 2, 0xffff_ffffL}) {
      var log = EventLogs.empty().u32(1).u32(5).u32(count).filled(80, 1);
      assertEquals(RejectionId.MALFORMED_EVIDENCE, refused(log));
    }
  }

  @Test
  void everyTruncationIsRefusedOrAnEarlierEnd() throws Exception {
    var whole = EventLogs.boot();
    var all = TcgLog.ccel(whole).events();
    for (var length = 0; length < whole.length(); length++) {
      var cut = whole.slice(0, length);
      try {
        var events = TcgLog.ccel(cut).events();
        assertEquals(all.subList(0, events.size()), events);
      } catch (EvidenceException e) {
        assertEquals(RejectionId.MALFORMED_EVIDENCE, e.id());
      }
    }
  }

  @Test
  void everyFlippedBitOfADigestChangesTheRegisters() throws Exception {
    var whole = EventLogs.boot();
    var replayed = TcgLog.ccel(whole).replay();
    for (var bit = 0; bit < whole.length() * 8; bit++) {
      var bytes = whole.toBytes();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        var log = TcgLog.ccel(Octets.of(bytes));
        if (!log.events().stream().map(Event::digest).toList().equals(digests(whole))) {
          assertNotEquals(replayed, log.replay(), "bit " + bit);
        }
      } catch (EvidenceException e) {
        // That is the answer to a damaged log.
      }
    }
  }

  private static List<Octets> digests(Octets log) throws EvidenceException {
    return TcgLog.ccel(log).events().stream().map(Event::digest).toList();
  }

  @Test
  void aRuntimeEventIsHashedAgain() throws Exception {
    var payload = Octets.ofHex("00ff");
    var digest = RuntimeEvents.digest(EventType.RUNTIME.number(), "image", payload);
    var event =
        "{\"imr\":3,\"event_type\":134217729,\"digest\":\"%s\",\"event\":\"image\","
            + "\"event_payload\":\"00ff\"}";
    for (var given : List.of(digest.hex(), "")) {
      var log = runtime("[" + event.formatted(given) + "]");
      assertEquals(List.of(new Event(3, 0x0800_0001L, digest, "image", payload)), log.events());
      assertTrue(own(log).believed().getFirst().confirmed());
    }
    var other = "[" + event.formatted("00".repeat(48)) + "]";
    assertThrows(EvidenceException.class, () -> runtime(other));
  }

  @Test
  void wrongMembersOfARuntimeLogAreRefused() {
    for (var wrong :
        List.of(
            "{}",
            "[1]",
            "[{\"imr\":4,\"event_type\":134217729,\"event_payload\":\"\"}]",
            "[{\"imr\":3,\"event_type\":-1,\"event_payload\":\"\"}]",
            "[{\"imr\":3,\"event_type\":134217729,\"event_payload\":\"0\"}]",
            "[{\"imr\":3,\"event_type\":134217729,\"event_payload\":\"\",\"more\":1}]",
            "[{\"imr\":3,\"event_type\":5,\"event_payload\":\"\"}]",
            "[{\"imr\":3,\"event_type\":5,\"digest\":\"00\",\"event_payload\":\"\"}]")) {
      assertThrows(EvidenceException.class, () -> runtime(wrong), wrong);
    }
  }
}
