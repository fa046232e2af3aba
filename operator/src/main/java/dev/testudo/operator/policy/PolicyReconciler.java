package dev.testudo.operator.policy;

import dev.testudo.operator.condition.Conditions;
import dev.testudo.operator.resource.PolicyStatus;
import dev.testudo.operator.resource.SconeEncryptedPolicy;
import dev.testudo.operator.resource.SconeSignedPolicy;
import dev.testudo.operator.resource.SignedPolicy;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Brings the policies of one kind of object to CAS: when an object appears or changes, after a
/// failure, and once an hour, in case CAS has lost its store. Keeps nothing but counters, so it may
/// end at any time.
public abstract class PolicyReconciler<R extends CustomResource<?, PolicyStatus>>
    implements Reconciler<R> {
  private static final Duration ASK_AGAIN = Duration.ofHours(1);

  /// With the waits of [PolicyAttempts], about two hours.
  private static final int MOST_FOR_OTHERS = 20;

  private final PolicyForm<R> form;
  private final PolicyRegistrar registrar;
  private final CasTurns turns;
  private final PolicyReport report;
  private final PolicyAttempts attempts = new PolicyAttempts(RandomGenerator.getDefault());

  /// Creates one for the objects that `form` can read.
  PolicyReconciler(
      PolicyForm<R> form, PolicyRegistrar registrar, CasTurns turns, Conditions conditions) {
    this.form = form;
    this.registrar = registrar;
    this.turns = turns;
    this.report = new PolicyReport(conditions);
  }

  /// For our own `SignedPolicy`.
  public static final class Signed extends PolicyReconciler<SignedPolicy> {
    /// Creates it.
    public Signed(PolicyRegistrar registrar, CasTurns turns, Conditions conditions) {
      super(new PolicyForm.Own(), registrar, turns, conditions);
    }
  }

  /// For the `SignedPolicy` of SCONE's operator.
  public static final class SconeSigned extends PolicyReconciler<SconeSignedPolicy> {
    /// Creates it.
    public SconeSigned(PolicyRegistrar registrar, CasTurns turns, Conditions conditions) {
      super(new PolicyForm.Scone(), registrar, turns, conditions);
    }
  }

  /// For the `EncryptedPolicy` of SCONE's operator.
  public static final class SconeEncrypted extends PolicyReconciler<SconeEncryptedPolicy> {
    /// Creates it.
    public SconeEncrypted(PolicyRegistrar registrar, CasTurns turns, Conditions conditions) {
      super(new PolicyForm.SconeEncrypted(), registrar, turns, conditions);
    }
  }

  @Override
  public UpdateControl<R> reconcile(R object, Context<R> context) {
    return turns.take(object, () -> brought(object));
  }

  private UpdateControl<R> brought(R object) {
    var before = object.getStatus();
    var generation = Objects.requireNonNullElse(object.getMetadata().getGeneration(), 0L);
    Optional<PolicyOrder> order = Optional.empty();
    PolicyAnswer answer;
    try {
      order = Optional.of(form.read(object));
      answer =
          registrar.register(order.get(), PolicyReport.accepted(before, order.get(), generation));
    } catch (UnreadablePolicyException e) {
      answer = new PolicyAnswer.Refused("InvalidPolicy", e.problem());
    }
    var uid = object.getMetadata().getUid();
    var wait = wait(answer, uid);
    if (wait.isEmpty() && answer instanceof PolicyAnswer.Waiting(var reason, var message)) {
      answer =
          new PolicyAnswer.Refused(
              reason, message + "\ngiven up; change or create the object again");
    }
    var control = changed(object, before, report.of(answer, order, before, generation));
    return wait.isPresent() ? control.rescheduleAfter(wait.get()) : control;
  }

  /// Returns when to ask again; empty for never.
  private Optional<Duration> wait(PolicyAnswer answer, String uid) {
    return switch (answer) {
      case PolicyAnswer.Registered _ -> {
        attempts.forget(uid);
        yield Optional.of(ASK_AGAIN.minusSeconds(RandomGenerator.getDefault().nextInt(600)));
      }
      case PolicyAnswer.Superseded _, PolicyAnswer.Refused _ -> {
        attempts.forget(uid);
        yield Optional.empty();
      }
      case PolicyAnswer.Waiting waiting ->
          attempts.again(
              uid,
              waiting.reason().equals("DependencyMissing") ? MOST_FOR_OTHERS : Integer.MAX_VALUE);
    };
  }

  private UpdateControl<R> changed(R object, @Nullable PolicyStatus before, PolicyStatus now) {
    if (now.equals(before)) {
      return UpdateControl.noUpdate();
    }
    return UpdateControl.patchStatus(form.withStatus(object, now));
  }
}
