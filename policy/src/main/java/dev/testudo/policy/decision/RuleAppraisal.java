package dev.testudo.policy.decision;

import dev.testudo.policy.decision.Decision.Nearest;
import dev.testudo.policy.decision.Decision.Reason;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.policy.evidence.Root;
import dev.testudo.policy.session.AttestationRule;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.stream.Collectors;

/// What claims lack for one rule.
///
/// @param lacking the requirements that are not met
/// @param all the number of its requirements
/// @param isOfOtherKind whether the rule is for another kind of evidence
record RuleAppraisal(AttestationRule rule, List<Reason> lacking, int all, boolean isOfOtherKind) {

  /// Compares a rule with claims.
  ///
  /// @param hasAccessToken whether the session asks for a token besides evidence
  static RuleAppraisal of(AttestationRule rule, Claims claims, boolean hasAccessToken) {
    var demands = new Demands();
    var evidence = claims.evidence();
    var otherKind = !rule.isOpen() && !rule.kinds().contains(evidence.isolation());
    if (otherKind) {
      demands.unmet(otherKind(rule, evidence));
    } else {
      program(rule, evidence, demands);
    }
    token(rule, claims, hasAccessToken, demands);
    return new RuleAppraisal(rule, demands.unmet(), demands.all(), otherKind);
  }

  boolean isMet() {
    return lacking.isEmpty();
  }

  /// Returns how far the claims are from the rule, to compare it with others.
  int distance() {
    return isOfOtherKind ? Integer.MAX_VALUE : lacking.size();
  }

  Nearest nearness() {
    return new Nearest(rule.span(), lacking.size(), all, !isOfOtherKind);
  }

  private static Reason otherKind(AttestationRule rule, EvidenceClaims evidence) {
    return new Reason(
        ReasonId.OTHER_KIND_OF_EVIDENCE,
        "evidence",
        rule.kinds().stream()
                .filter(kind -> kind != Isolation.SOFTWARE)
                .map(Isolation::toString)
                .collect(Collectors.joining(" or "))
            + ", which the rule is for",
        evidence.isolation().toString(),
        rule.span());
  }

  private static void program(AttestationRule rule, EvidenceClaims evidence, Demands demands) {
    if (rule.isOpen()) {
      demands.unmet(
          new Reason(
              ReasonId.NO_ATTESTATION_RULE,
              "measurement",
              "a measurement or a signer",
              "an empty rule",
              rule.span()));
      return;
    }
    switch (evidence) {
      case EvidenceClaims.Software software -> measurement(rule, software.measurement(), demands);
      case EvidenceClaims.Sgx sgx -> {
        measurement(rule, sgx.enclave().mrenclave(), demands);
        rule.signer().ifPresent(s -> SignerAppraisal.check(s, sgx.enclave().signer(), demands));
      }
      case EvidenceClaims.Tdx tdx ->
          rule.tdx().ifPresent(demanded -> TdxAppraisal.check(demanded, tdx, demands));
      case EvidenceClaims.Snp snp ->
          rule.snp().ifPresent(demanded -> SnpAppraisal.check(demanded, snp, demands));
      case EvidenceClaims.Tpm tpm ->
          rule.tpm().ifPresent(demanded -> TpmAppraisal.check(demanded, tpm.machine(), demands));
    }
  }

  private static void measurement(AttestationRule rule, String seen, Demands demands) {
    List<Text> accepted = rule.measurements();
    if (!accepted.isEmpty()) {
      demands.oneOf(ReasonId.OTHER_MEASUREMENT, "measurement", accepted, seen);
    }
  }

  /// Denies evidence that nobody vouches for without any token. Registration refuses such a rule
  /// for software evidence, but sessions stored by earlier versions may have one. Whether anybody
  /// vouches for a TPM is known only now.
  private static void token(
      AttestationRule rule, Claims claims, boolean hasAccessToken, Demands demands) {
    var forgeable = claims.evidence().root() == Root.NONE;
    if (forgeable && !hasAccessToken && !rule.joinToken()) {
      demands.unmet(
          new Reason(
              ReasonId.SOFTWARE_EVIDENCE_ALONE,
              "policy",
              claims.evidence().isolation() == Isolation.SOFTWARE
                  ? "a token beside software evidence"
                  : "a token beside evidence of a TPM that no pinned root vouches for",
              "a rule without one",
              rule.span()));
    }
    if (rule.joinToken()) {
      demands.that(
          claims.joinToken() == JoinToken.GOOD,
          () ->
              new Reason(
                  ReasonId.JOIN_TOKEN_REFUSED,
                  "join token",
                  "one that CAS made for this service",
                  claims.joinToken().toString(),
                  rule.span()));
    }
  }
}
