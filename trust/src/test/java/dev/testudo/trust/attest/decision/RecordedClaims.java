package dev.testudo.trust.attest.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.policy.decision.Claims;
import dev.testudo.policy.decision.Decision;
import dev.testudo.policy.decision.Decision.Accepted;
import dev.testudo.policy.decision.Decision.Denied;
import dev.testudo.policy.decision.Remark;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.session.PlatformTerms;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.trust.attest.Vectors.Vector;
import dev.testudo.trust.attest.amd.SnpVectors;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.attest.intel.IntelVectors;
import java.io.IOException;
import java.time.Instant;
import java.util.stream.Collectors;

/// What recorded evidence says once it is verified, as CAS verifies it, and what policies decide.
///
/// @param at the instant of both
record RecordedClaims(EvidenceClaims claims, Instant at) {

  /// Verifies a vector at its own instant.
  static RecordedClaims of(Vector vector) {
    return of(vector, vector.at());
  }

  static RecordedClaims of(Vector vector, Instant at) {
    try {
      var verification =
          vector.name().startsWith("snp/")
              ? SnpVectors.verify(vector)
              : IntelVectors.verify(vector, at, PlatformTerms.MOST_GRACE);
      var verified = assertInstanceOf(Verified.class, verification, verification::toString);
      return new RecordedClaims(verified.claims(), at);
    } catch (EvidenceException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns a value that the vector's authors read from the evidence, such as `mrEnclave`.
  static String value(Vector vector, String name) {
    try {
      return vector.expected().object("claims").text(name);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Returns a session of one service.
  ///
  /// @param terms what `attestation` in `security` says, from `s.yaml:4:17` on
  /// @param rules what `attestation` of the service says, from `s.yaml:9:7` on
  static String session(String terms, String rules) {
    return session(terms, rules, "");
  }

  /// Returns a session of one service.
  ///
  /// @param more further lines of the service
  static String session(String terms, String rules, String more) {
    return """
    name: a
    version: "0.3"
    security:
      attestation: {%s}
    services:
      - name: app
        command: app
        attestation:
          %s
    %s"""
        .formatted(terms, rules, more);
  }

  /// Decides with the policy of one service, whose lines are `s.yaml:1` and following.
  Decision decide(String yaml) {
    var session =
        switch (SessionParser.read(new SourceFile("s.yaml", yaml))) {
          case Parsed.Valid<Session>(var value, _) -> value;
          case Parsed.Invalid<Session>(var problems) -> throw new AssertionError(problems);
        };
    var service = session.service("app").orElseThrow();
    return Decision.of(session, service, Claims.withoutToken(claims), at);
  }

  /// Denied with exactly these lines.
  void assertDenied(String lines, String yaml) {
    assertEquals(lines, assertInstanceOf(Denied.class, decide(yaml)).text());
  }

  Accepted accept(String yaml) {
    var decision = decide(yaml);
    return assertInstanceOf(
        Accepted.class, decision, () -> decision instanceof Denied d ? d.text() : "");
  }

  /// Accepted with exactly these remarks.
  Accepted assertAccepted(String remarks, String yaml) {
    var accepted = accept(yaml);
    assertEquals(
        remarks, accepted.remarks().stream().map(Remark::text).collect(Collectors.joining("\n")));
    return accepted;
  }
}
