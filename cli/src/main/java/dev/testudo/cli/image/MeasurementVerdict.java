package dev.testudo.cli.image;

import dev.testudo.policy.decision.Claims;
import dev.testudo.policy.decision.Decision;
import dev.testudo.policy.decision.JoinToken;
import dev.testudo.policy.decision.OneTimePassword;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.session.Security;
import dev.testudo.policy.session.Security.AccessToken;
import dev.testudo.policy.session.Security.AttestationMode;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.source.Printable;
import dev.testudo.policy.source.Text;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.json.JsonBuilder;
import dev.testudo.trust.json.JsonValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Whether a service of a session may have a measurement.
///
/// @param service the name of the service
/// @param expected the measurements that the rules of the service list
/// @param reasons why the service may not have the measurement, with each rule's expected ones;
///     empty if it may
public record MeasurementVerdict(String service, List<String> expected, List<String> reasons) {
  /// Copies the lists.
  public MeasurementVerdict {
    expected = List.copyOf(expected);
    reasons = List.copyOf(reasons);
  }

  /// Decides as CAS does, on software evidence with the measurement, and as if the service
  /// presented all tokens and passwords that the session demands. A session that does not attest
  /// its services permits nothing.
  public static MeasurementVerdict of(Session session, Service service, Measurement measurement) {
    var expected =
        service.requirements().rules().stream()
            .flatMap(rule -> rule.measurements().stream())
            .map(Text::value)
            .toList();
    return new MeasurementVerdict(service.name(), expected, reasons(session, service, measurement));
  }

  private static List<String> reasons(Session session, Service service, Measurement measurement) {
    if (session.security().mode() == AttestationMode.NONE) {
      return List.of(
          "attestation: the session demands none, so any program gets the configuration (%s)"
              .formatted(session.security().span().place()));
    }
    // A token may contain a secret, which only CAS knows.
    var token = session.security().accessToken().map(_ -> AccessToken.of("presented"));
    Security security = session.security();
    if (token.isPresent()) {
      security = security.withAccessToken(token.get());
    }
    var claims =
        new Claims(
            new EvidenceClaims.Software(measurement.hex()),
            token,
            JoinToken.GOOD,
            OneTimePassword.GOOD);
    // Software evidence has no dates.
    return switch (Decision.of(session.withSecurity(security), service, claims, Instant.EPOCH)) {
      case Decision.Accepted _ -> List.of();
      case Decision.Denied denied -> denied.reasons().stream().map(Decision.Reason::text).toList();
    };
  }

  /// Returns true if the service may have the measurement.
  public boolean permits() {
    return reasons.isEmpty();
  }

  /// Returns the lines about the service.
  public List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add("%-12s %s (%s)".formatted("service", service, permits() ? "permits" : "refuses"));
    reasons.forEach(reason -> lines.add("  " + Printable.of(reason)));
    return lines;
  }

  /// Returns the same as an object.
  public JsonValue json() {
    return new JsonBuilder()
        .put("service", service)
        .put("permits", permits())
        .put("expected", expected)
        .put("reasons", reasons)
        .build();
  }
}
