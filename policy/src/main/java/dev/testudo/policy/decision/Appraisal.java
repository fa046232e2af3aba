package dev.testudo.policy.decision;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.policy.decision.Decision.Accepted;
import dev.testudo.policy.decision.Decision.Denied;
import dev.testudo.policy.decision.Decision.Reason;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.policy.session.AttestationRule;
import dev.testudo.policy.session.Security.AccessToken;
import dev.testudo.policy.session.Security.AttestationMode;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.Tolerance;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Appraises the claims of one service (RFC 9334). Collects every reason for denial; no
/// reason means acceptance. [RuleAppraisal] judges what the program is, [PlatformAppraisal] where
/// it runs.
record Appraisal(Session session, Service service, Claims claims, Instant now) {

  Decision decide() {
    var findings = new PlatformFindings(session.security().platform(), session.security().span());
    var reasons = new ArrayList<Reason>();
    if (!session.open().isEmpty()) {
      reasons.add(
          reason(ReasonId.POLICY_NOT_WHOLE, "policy", "a whole one", "one with open placeholders"));
    }
    checkToken(reasons);
    checkPassword(reasons);
    List<RuleAppraisal> rules = List.of();
    if (session.security().mode() == AttestationMode.HARDWARE) {
      checkIsolation(reasons);
      rules = appraised();
      checkRules(rules, reasons);
      new PlatformAppraisal(service, claims.evidence(), now, findings).check();
    }
    reasons.addAll(findings.reasons());
    return reasons.isEmpty()
        ? new Accepted(isHardwareAttested(), needsJoinToken(rules), findings.remarks())
        : new Denied(
            rules.stream().findFirst().map(RuleAppraisal::nearness),
            reasons,
            new PolicyAdvice(findings).lines());
  }

  /// Returns true if hardware vouches for the service and nothing that says so has ended. A session
  /// whose services need not attest is judged in the same way.
  private boolean isHardwareAttested() {
    return claims.evidence().isHardwareAttested()
        && PlatformAppraisal.isSound(
            claims.evidence(), now.minus(session.security().platform().grace()));
  }

  /// Returns true if every rule that the claims satisfy demands a join token. Only then a use of
  /// the token is spent.
  private static boolean needsJoinToken(List<RuleAppraisal> rules) {
    return !rules.isEmpty()
        && rules.stream()
            .filter(RuleAppraisal::isMet)
            .map(RuleAppraisal::rule)
            .allMatch(AttestationRule::joinToken);
  }

  private void checkToken(List<Reason> reasons) {
    var asked = session.security().accessToken();
    if (asked.isEmpty()) {
      return;
    }
    var presented = claims.token();
    if (presented.isEmpty() || !same(asked.get(), presented.get())) {
      reasons.add(
          reason(
              ReasonId.ACCESS_TOKEN_REFUSED,
              "access token",
              "the policy's token",
              presented.isEmpty() ? "none" : "another one"));
    }
  }

  private void checkPassword(List<Reason> reasons) {
    service
        .requirements()
        .oneTimePassword()
        .or(() -> session.security().oneTimePassword())
        .filter(_ -> claims.oneTimePassword() != OneTimePassword.GOOD)
        .map(
            secret ->
                new Reason(
                    ReasonId.PASSWORD_REFUSED,
                    "one-time password",
                    "the unused one of this moment, as `SESSION/SERVICE@123456`",
                    claims.oneTimePassword().toString(),
                    secret.span()))
        .ifPresent(reasons::add);
  }

  private Reason reason(ReasonId id, String requirement, String expected, String seen) {
    return new Reason(id, requirement, expected, seen, session.security().span());
  }

  /// Compares two tokens in constant time. A token that is empty or not known equals
  /// no other.
  private static boolean same(AccessToken asked, AccessToken presented) {
    return asked.value().filter(value -> !value.isEmpty()).isPresent()
        && presented.value().isPresent()
        && MessageDigest.isEqual(
            asked.value().get().getBytes(UTF_8), presented.value().get().getBytes(UTF_8));
  }

  private void checkIsolation(List<Reason> reasons) {
    var tolerated = session.security().platform().tolerates(Tolerance.SOFTWARE_EVIDENCE);
    if (claims.evidence().isolation() == Isolation.SOFTWARE && !tolerated) {
      reasons.add(
          reason(
              ReasonId.SOFTWARE_EVIDENCE_REFUSED,
              "evidence",
              "hardware (`tolerate` does not list `software-evidence`)",
              "software, not hardware attested"));
    }
  }

  /// Returns the appraised rules, the one that lacks least first.
  private List<RuleAppraisal> appraised() {
    var presented = session.security().accessToken().isPresent();
    return service.requirements().rules().stream()
        .map(rule -> RuleAppraisal.of(rule, claims, presented))
        .sorted(Comparator.comparingInt(RuleAppraisal::distance))
        .toList();
  }

  /// Accepts if one rule is satisfied. Otherwise everything that any rule lacks is a reason.
  private void checkRules(List<RuleAppraisal> rules, List<Reason> reasons) {
    if (rules.isEmpty()) {
      reasons.add(
          new Reason(
              ReasonId.NO_ATTESTATION_RULE,
              "measurement",
              "an attestation rule",
              "none",
              service.span()));
    } else if (rules.stream().noneMatch(RuleAppraisal::isMet)) {
      rules.forEach(rule -> reasons.addAll(rule.lacking()));
    }
  }
}
