package dev.testudo.operator.policy;

import dev.testudo.operator.condition.Conditions;
import dev.testudo.operator.condition.Finding;
import dev.testudo.operator.condition.Finding.Truth;
import dev.testudo.operator.resource.PolicyStatus;
import dev.testudo.policy.session.SessionHash;
import dev.testudo.trust.approval.ApprovalMessage;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes the status of a policy.
final class PolicyReport {
  static final String REGISTERED = "Registered";

  private final Conditions conditions;

  PolicyReport(Conditions conditions) {
    this.conditions = conditions;
  }

  /// Returns the status for an answer.
  ///
  /// @param order what was brought; empty if the object cannot be read
  /// @param before the status so far
  PolicyStatus of(
      PolicyAnswer answer,
      Optional<PolicyOrder> order,
      @Nullable PolicyStatus before,
      long generation) {
    var finding = new Finding(REGISTERED, truth(answer), answer.reason(), answer.message());
    var message = order.flatMap(PolicyReport::message);
    return new PolicyStatus(
        answer.getClass().getSimpleName(),
        message.map(one -> one.session().value()).orElse(null),
        message.map(one -> one.hash().hex()).or(() -> hash(answer, before)).orElse(null),
        message.flatMap(one -> one.predecessor()).map(SessionHash::hex).orElse(null),
        generation,
        conditions.of(
            List.of(finding), before == null ? List.of() : before.conditions(), generation));
  }

  /// Returns what the signatures are about, which an encrypted policy does not show.
  private static Optional<ApprovalMessage> message(PolicyOrder order) {
    return switch (order) {
      case PolicyOrder.Signed(_, var bundle) -> Optional.of(bundle.message());
      case PolicyOrder.Encrypted _ -> Optional.empty();
    };
  }

  /// Returns the hash that CAS has said, now or before.
  private static Optional<String> hash(PolicyAnswer answer, @Nullable PolicyStatus before) {
    return switch (answer) {
      case PolicyAnswer.Registered(_, _, var hash) when hash.isPresent() -> hash;
      case PolicyAnswer.Registered _, PolicyAnswer.Superseded _ ->
          Optional.ofNullable(before).map(PolicyStatus::hash);
      case PolicyAnswer.Waiting _, PolicyAnswer.Refused _ -> Optional.empty();
    };
  }

  /// Returns true if CAS has accepted exactly this policy before, as far as the status knows. A
  /// status can be written by others; CAS decides in any case.
  ///
  /// @param generation of the object
  static boolean accepted(@Nullable PolicyStatus status, PolicyOrder order, long generation) {
    return status != null
        && (message(order).isPresent()
            ? message(order).get().hash().hex().equals(status.hash())
            : status.observedGeneration() != null && status.observedGeneration() == generation)
        && Conditions.find(status.conditions(), REGISTERED)
            .map(Condition::getStatus)
            .filter(Truth.TRUE.text()::equals)
            .isPresent();
  }

  private static Truth truth(PolicyAnswer answer) {
    return switch (answer) {
      case PolicyAnswer.Registered _, PolicyAnswer.Superseded _ -> Truth.TRUE;
      case PolicyAnswer.Waiting _, PolicyAnswer.Refused _ -> Truth.FALSE;
    };
  }
}
