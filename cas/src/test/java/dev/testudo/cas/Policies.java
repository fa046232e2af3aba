package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.cas.catalog.Catalog;
import dev.testudo.policy.decision.Claims;
import dev.testudo.policy.decision.Decision;
import dev.testudo.policy.decision.JoinToken;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.session.Security.AccessToken;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.channel.RefusalReport;
import java.time.Instant;
import java.util.Optional;

/// Evaluates the policy of a session, to compare the result with what CAS logs.
final class Policies {
  private Policies() {}

  /// Returns the claims of software evidence.
  static Claims software(Measurement measurement, Optional<String> token, JoinToken joinToken) {
    return new Claims(
        new EvidenceClaims.Software(measurement.hex()), token.map(AccessToken::of), joinToken);
  }

  /// Returns how session `name` denies `claims` of its service `s`.
  static Decision.Denied denied(String name, String yaml, Claims claims) {
    var session =
        switch (SessionParser.read(Catalog.source(name, yaml))) {
          case Parsed.Valid<Session>(var valid, _) -> valid;
          case Parsed.Invalid<Session>(var problems) -> throw new AssertionError(problems);
        };
    var decision = Decision.of(session, session.service("s").orElseThrow(), claims, Instant.EPOCH);
    return assertInstanceOf(Decision.Denied.class, decision);
  }

  /// Asserts that the report has the lines of the denial.
  static void assertDenied(Decision.Denied denied, RefusalReport report) {
    assertEquals("attestation-refused", report.reason());
    assertEquals(denied.lines(), report.details().subList(1, report.details().size()));
  }
}
