package dev.testudo.cas;

import static dev.testudo.cas.Refusals.notAttested;
import static dev.testudo.cas.Refusals.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.trust.channel.RefusalList;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.secret.Secret;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What those who may read a session learn about requests that CAS refused.
class RefusalListTest extends WithTestCas {
  private final Identity stranger = Identity.ephemeral("stranger.example");

  @BeforeEach
  void register() throws IOException {
    cas.create(TestCas.showing("a", "hunter2", ""));
    cas.create(TestCas.showing("b", "hunter2", ""));
  }

  private RefusalList list(Identity who, String session) throws IOException {
    try (var client = cas.client(who)) {
      return client.refusals(session);
    }
  }

  private String refusedBadImage(String session) {
    var token = Optional.of(Secret.ofText(TestCas.TOKEN));
    return notAttested(
            () ->
                cas.fetch(
                    session + "/s", report -> TestCas.evidence(TestCas.BAD_IMAGE, report), token))
        .request();
  }

  private static List<String> requests(RefusalList list) {
    return list.entries().stream().map(RefusalList.Entry::request).toList();
  }

  @Test
  void readersOfASessionSeeItsRefusalsTheNewestFirst() throws IOException {
    var first = refusedBadImage("a");
    refusedBadImage("b");
    try (var client = cas.client(stranger)) {
      refused("not-permitted", () -> client.readSession("a"));
    }
    var last = refusedBadImage("a");
    var seen = list(cas.owner, "a");
    assertEquals(3, seen.entries().size());
    assertEquals(last, requests(seen).getFirst());
    assertEquals(first, requests(seen).getLast());
    assertEquals("read-session", seen.entries().get(1).report().action());
    try (var owner = cas.client(cas.owner)) {
      assertEquals(owner.why(last), seen.entries().getFirst().report());
    }
  }

  @Test
  void aServiceThatDoesNotExistIsNamedToReadersOfTheSession() throws IOException {
    notAttested(() -> cas.fetch("a/t"));
    var report = list(cas.owner, "a").entries().getFirst().report();
    assertEquals("a/t unknown-service", report.subject() + " " + report.reason());
  }

  @Test
  void nobodyElseSeesThem() throws IOException {
    refusedBadImage("a");
    refused("not-permitted", () -> list(stranger, "a"));
    refused("unknown-session", () -> list(stranger, "nothing"));
    refused("unknown-session", () -> list(cas.owner, "nothing"));
    try (var client = cas.client(stranger)) {
      client.createSession(TestCas.showing("c", "x", ""));
      assertEquals(List.of(), client.refusals("c").entries());
    }
  }
}
