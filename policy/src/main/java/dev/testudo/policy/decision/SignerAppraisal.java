package dev.testudo.policy.decision;

import dev.testudo.policy.decision.Decision.Reason;
import dev.testudo.policy.evidence.Enclave;
import dev.testudo.policy.session.AttestationRule.SignerRule;
import java.util.List;

/// Compares the signer of an SGX enclave with a rule.
final class SignerAppraisal {
  private SignerAppraisal() {}

  static void check(SignerRule rule, Enclave.Signer seen, Demands demands) {
    var place = rule.signer().span();
    demands.oneOf(ReasonId.OTHER_SIGNER, "signer", List.of(rule.signer()), seen.mrsigner());
    rule.product()
        .ifPresent(
            product ->
                demands.that(
                    product == seen.product(),
                    () ->
                        new Reason(
                            ReasonId.OTHER_SIGNER,
                            "isvprodid",
                            "" + product,
                            "" + seen.product(),
                            place)));
    demands.between("isvsvn", rule.minimumVersion(), rule.maximumVersion(), seen.version(), place);
  }
}
