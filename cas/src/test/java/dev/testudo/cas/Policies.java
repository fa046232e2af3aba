package dev.testudo.cas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.cas.catalog.Catalog;
import dev.testudo.policy.decision.Claims;
import dev.testudo.policy.decision.Decision;
import dev.testudo.policy.decision.EvidenceClaims;
import dev.testudo.policy.decision.Isolation;
import dev.testudo.policy.decision.JoinToken;
import dev.testudo.policy.session.Security.AccessToken;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.channel.RefusalReport;
import java.util.List;
import java.util.Optional;

/// What the policy of a session has against claims, to compare it with what CAS logs.
final class Policies {
  private Policies() {}

  /// Claims of software evidence.
  static Claims software(Measurement measurement, Optional<String> token, JoinToken joinToken) {
    return new Claims(
        EvidenceClaims.unsigned(Isolation.SOFTWARE, measurement.hex()),
        token.map(AccessToken::new),
        joinToken);
  }

  /// All that session `name` has against `claims` of its service `s`.
  static List<Decision.Reason> reasons(String name, String yaml, Claims claims) {
    var session =
        switch (SessionParser.read(Catalog.source(name, yaml))) {
          case Parsed.Valid<Session>(var valid, _) -> valid;
          case Parsed.Invalid<Session>(var problems) -> throw new AssertionError(problems);
        };
    var decision = Decision.of(session, session.service("s").orElseThrow(), claims);
    return assertInstanceOf(Decision.Denied.class, decision).reasons();
  }

  /// The report has these reasons, each with what was expected, what was seen, and where.
  static void assertReasons(List<Decision.Reason> reasons, RefusalReport report) {
    assertEquals("attestation-refused", report.reason());
    assertEquals(
        reasons.stream().map(Decision.Reason::text).toList(),
        report.details().subList(1, report.details().size()));
  }
}
