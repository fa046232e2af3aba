package dev.testudo.policy.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.policy.decision.Decision.Accepted;
import dev.testudo.policy.decision.Decision.Denied;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.time.Instant;
import java.util.List;

/// Decides on claims with a policy of one service.
final class Deciding {
  private Deciding() {}

  /// Decides at the instant at which all claims of the tests are valid.
  ///
  /// @param terms the keys of `attestation` in `security`, in braces
  /// @param rule what `attestation` of the service says
  static Decision decide(String terms, String rule, EvidenceClaims evidence) {
    return decide(terms, rule, evidence, TestClaims.NOW);
  }

  static Decision decide(String terms, String rule, EvidenceClaims evidence, Instant now) {
    var yaml =
        """
        name: a
        version: "0.3"
        security: {attestation: %s}
        services:
          - name: app
            command: app
            attestation: %s
        """
            .formatted(terms, rule);
    var session =
        switch (SessionParser.read(new SourceFile("s.yaml", yaml))) {
          case Parsed.Valid<Session>(var value, _) -> value;
          case Parsed.Invalid<Session>(var problems) -> throw new AssertionError(problems);
        };
    var service = session.service("app").orElseThrow();
    return Decision.of(session, service, Claims.withoutToken(evidence), now);
  }

  /// Denied for these reasons.
  static Denied assertDenied(Decision decision, ReasonId... ids) {
    var denied = assertInstanceOf(Denied.class, decision);
    assertEquals(
        List.of(ids), denied.reasons().stream().map(Decision.Reason::id).toList(), denied::text);
    return denied;
  }

  static Accepted assertAccepted(Decision decision) {
    return assertInstanceOf(
        Accepted.class, decision, () -> decision instanceof Denied d ? d.text() : "");
  }

  /// Denied for the one reason without the word, accepted with it, and never shown as if there were
  /// no weakness.
  static Accepted assertNeedsWord(String word, ReasonId id, String rule, EvidenceClaims evidence) {
    var denied = assertDenied(decide("{}", rule, evidence), id);
    assertEquals("  tolerate: [%s]".formatted(word), denied.advice().get(1));
    var accepted = assertAccepted(decide("{tolerate: %s}".formatted(word), rule, evidence));
    assertEquals(
        List.of(Remark.Kind.TOLERATED, Remark.Kind.ENDS),
        accepted.remarks().stream().map(Remark::kind).toList());
    return accepted;
  }
}
