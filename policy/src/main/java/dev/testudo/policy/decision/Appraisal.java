package dev.testudo.policy.decision;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.policy.decision.Decision.Accepted;
import dev.testudo.policy.decision.Decision.Denied;
import dev.testudo.policy.decision.Decision.Reason;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.session.AttestationRule;
import dev.testudo.policy.session.AttestationRule.SignerRule;
import dev.testudo.policy.session.Security.AccessToken;
import dev.testudo.policy.session.Security.AttestationMode;
import dev.testudo.policy.session.Service;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.source.Text;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Appraises the claims of one service (RFC 9334). Collects every reason for denial; no
/// reason means acceptance.
record Appraisal(Session session, Service service, Claims claims) {

  Decision decide() {
    var reasons = new ArrayList<Reason>();
    if (!session.open().isEmpty()) {
      reasons.add(reason("policy", "a whole one", "one with open placeholders"));
    }
    checkToken(reasons);
    checkPassword(reasons);
    if (session.security().mode() == AttestationMode.HARDWARE) {
      checkIsolation(reasons);
      checkRules(reasons);
      checkPlatform(reasons);
    }
    return reasons.isEmpty()
        ? new Accepted(claims.evidence().isHardwareAttested(), needsJoinToken())
        : new Denied(reasons);
  }

  /// Returns true if every rule that the claims satisfy demands a join token. Only then a use of
  /// the token is spent.
  private boolean needsJoinToken() {
    return session.security().mode() == AttestationMode.HARDWARE
        && service.requirements().rules().stream()
            .filter(rule -> lacks(rule).isEmpty())
            .allMatch(AttestationRule::joinToken);
  }

  private void checkToken(List<Reason> reasons) {
    var asked = session.security().accessToken();
    if (asked.isEmpty()) {
      return;
    }
    var presented = claims.token();
    if (presented.isEmpty()) {
      reasons.add(reason("access token", "the policy's token", "none"));
    } else if (!same(asked.get(), presented.get())) {
      reasons.add(reason("access token", "the policy's token", "another one"));
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
                    "one-time password",
                    "the unused one of this moment, as `SESSION/SERVICE@123456`",
                    claims.oneTimePassword().toString(),
                    secret.span()))
        .ifPresent(reasons::add);
  }

  private Reason reason(String requirement, String expected, String seen) {
    return new Reason(requirement, expected, seen, session.security().span());
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
    var tolerated = session.security().tolerated().contains(Tolerance.SOFTWARE_EVIDENCE);
    if (!claims.evidence().isolation().isHardware() && !tolerated) {
      reasons.add(
          reason(
              "evidence",
              "hardware (`tolerate` does not list `software-evidence`)",
              "software, not hardware attested"));
    }
  }

  /// Denies software evidence without any token. Registration refuses such a rule, but sessions
  /// stored by earlier versions may have one.
  private void checkForgeable(AttestationRule rule, List<Reason> lacking) {
    if (!claims.evidence().isolation().isHardware()
        && session.security().accessToken().isEmpty()
        && !rule.joinToken()) {
      lacking.add(
          new Reason(
              "policy", "a token beside software evidence", "a rule without one", rule.span()));
    }
  }

  /// Accepts if one rule is satisfied. Otherwise everything that any rule lacks is a reason. What
  /// the nearest match lacks comes first: the rule that lacks least.
  private void checkRules(List<Reason> reasons) {
    if (service.requirements().rules().isEmpty()) {
      reasons.add(new Reason("measurement", "an attestation rule", "none", service.span()));
      return;
    }
    var lacking = service.requirements().rules().stream().map(this::lacks).toList();
    if (lacking.stream().noneMatch(List::isEmpty)) {
      lacking.stream().sorted(Comparator.comparingInt(List::size)).forEachOrdered(reasons::addAll);
    }
  }

  /// Denies a platform that is not listed. Software evidence names none, so no list contains it.
  private void checkPlatform(List<Reason> reasons) {
    var platforms = service.requirements().platforms();
    var seen =
        switch (claims.evidence()) {
          case EvidenceClaims.Sgx sgx -> "INTEL_QE_ID:" + sgx.platform().qeId();
          case EvidenceClaims.Tdx tdx -> "INTEL_QE_ID:" + tdx.platform().qeId();
          case EvidenceClaims.Snp _, EvidenceClaims.Software _ -> "none";
        };
    if (!platforms.isEmpty() && platforms.stream().noneMatch(p -> p.value().equals(seen))) {
      var expected = platforms.stream().map(Text::value).collect(Collectors.joining(" or "));
      reasons.add(new Reason("platform", expected, seen, platforms.getFirst().span()));
    }
  }

  private List<Reason> lacks(AttestationRule rule) {
    var lacking = new ArrayList<Reason>();
    var measurements = rule.measurements();
    if (measurements.isEmpty() && rule.signer().isEmpty()) {
      lacking.add(
          new Reason("measurement", "a measurement or a signer", "an empty rule", rule.span()));
    }
    if (!measurements.isEmpty()
        && measurements.stream()
            .noneMatch(m -> m.value().equals(claims.evidence().measurement()))) {
      var expected = measurements.stream().map(Text::value).collect(Collectors.joining(" or "));
      lacking.add(
          new Reason(
              "measurement",
              expected,
              claims.evidence().measurement(),
              measurements.getFirst().span()));
    }
    rule.signer().ifPresent(signer -> checkSigner(signer, lacking));
    checkForgeable(rule, lacking);
    if (rule.joinToken() && claims.joinToken() != JoinToken.GOOD) {
      lacking.add(
          new Reason(
              "join token",
              "one that CAS made for this service",
              claims.joinToken().toString(),
              rule.span()));
    }
    return lacking;
  }

  private void checkSigner(SignerRule rule, List<Reason> lacking) {
    var place = rule.signer().span();
    if (!(claims.evidence() instanceof EvidenceClaims.Sgx(var enclave, _))) {
      lacking.add(new Reason("signer", rule.signer().value(), "none", place));
      return;
    }
    var signer = enclave.signer();
    if (!signer.mrsigner().equals(rule.signer().value())) {
      lacking.add(new Reason("signer", rule.signer().value(), signer.mrsigner(), place));
    }
    if (rule.product().filter(product -> product != signer.product()).isPresent()) {
      lacking.add(new Reason("isvprodid", "" + rule.product().get(), "" + signer.product(), place));
    }
    if (rule.minimumVersion().filter(least -> signer.version() < least).isPresent()) {
      var expected = "at least " + rule.minimumVersion().get();
      lacking.add(new Reason("isvsvn", expected, "" + signer.version(), place));
    }
    if (rule.maximumVersion().filter(most -> signer.version() > most).isPresent()) {
      var expected = "at most " + rule.maximumVersion().get();
      lacking.add(new Reason("isvsvn", expected, "" + signer.version(), place));
    }
  }
}
