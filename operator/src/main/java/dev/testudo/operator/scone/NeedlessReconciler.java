package dev.testudo.operator.scone;

import dev.testudo.operator.condition.Conditions;
import dev.testudo.operator.condition.Finding;
import dev.testudo.operator.condition.Finding.Truth;
import dev.testudo.operator.resource.NeedlessStatus;
import dev.testudo.operator.resource.SconeCas;
import dev.testudo.operator.resource.SconeLas;
import dev.testudo.operator.resource.SconeSgxPlugin;
import dev.testudo.operator.resource.UnreadSpec;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/// Answers each object of one kind with a condition that says why it has no effect.
///
/// @param <R> the kind
public abstract class NeedlessReconciler<R extends CustomResource<UnreadSpec, NeedlessStatus>>
    implements Reconciler<R> {
  private static final String STATE = "UNSUPPORTED";

  private final Supplier<R> empty;
  private final Finding finding;
  private final Conditions conditions;

  NeedlessReconciler(Supplier<R> empty, String reason, String message, Conditions conditions) {
    this.empty = empty;
    this.finding = new Finding("Ready", Truth.FALSE, reason, message);
    this.conditions = conditions;
  }

  /// For `LAS`.
  public static final class Las extends NeedlessReconciler<SconeLas> {
    /// Creates it.
    public Las(Conditions conditions) {
      super(
          SconeLas::new,
          "NotNeeded",
          "SCONE's local attestation service serves SGX enclaves. An agent of Testudo makes its own"
              + " evidence, so there is nothing to install; delete this object",
          conditions);
    }
  }

  /// For `SGXPlugin`.
  public static final class SgxPlugin extends NeedlessReconciler<SconeSgxPlugin> {
    /// Creates it.
    public SgxPlugin(Conditions conditions) {
      super(
          SconeSgxPlugin::new,
          "NotNeeded",
          "SCONE's plugin hands SGX devices to pods. Nothing of Testudo runs in an SGX enclave, so"
              + " there is nothing to install; delete this object",
          conditions);
    }
  }

  /// For `CAS`.
  public static final class Cas extends NeedlessReconciler<SconeCas> {
    /// Creates it.
    public Cas(Conditions conditions) {
      super(
          SconeCas::new,
          "NotSupported",
          "this describes an image of SCONE's CAS, whose database and provisioning are its own."
              + " Create a Cas of testudo.dev/v1alpha1 instead",
          conditions);
    }
  }

  @Override
  public UpdateControl<R> reconcile(R object, Context<R> context) {
    var before = object.getStatus();
    var metadata = object.getMetadata();
    var generation = Objects.requireNonNullElse(metadata.getGeneration(), 0L);
    var now =
        new NeedlessStatus(
            STATE,
            generation,
            conditions.of(
                List.of(finding), before == null ? List.of() : before.conditions(), generation));
    if (now.equals(before)) {
      return UpdateControl.noUpdate();
    }
    var answered = empty.get();
    answered.setMetadata(
        new ObjectMetaBuilder()
            .withName(metadata.getName())
            .withNamespace(metadata.getNamespace())
            .build());
    answered.setStatus(now);
    return UpdateControl.patchStatus(answered);
  }
}
