package dev.testudo.operator.install;

import dev.testudo.operator.condition.Conditions;
import dev.testudo.operator.condition.Finding;
import dev.testudo.operator.condition.Finding.Truth;
import dev.testudo.operator.policy.CasClients;
import dev.testudo.operator.policy.CasTurns;
import dev.testudo.operator.resource.Cas;
import dev.testudo.operator.resource.CasStatus;
import dev.testudo.trust.pki.KeyHash;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Installs CAS as a `Cas` says, upgrades it when its image changes, and reports its version and
/// key.
public final class CasReconciler implements Reconciler<Cas> {
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);
  private static final Duration LOOK_SOON = Duration.ofSeconds(15);
  private static final int FORBIDDEN = 403;
  private static final int INVALID = 422;

  private final CasObjects objects;
  private final CasProbe probe;
  private final CasTurns turns;
  private final Conditions conditions;

  /// Creates it.
  public CasReconciler(
      KubernetesClient client, CasClients clients, CasTurns turns, Conditions conditions) {
    this.objects = new CasObjects(client);
    this.probe = new CasProbe(clients);
    this.turns = turns;
    this.conditions = conditions;
  }

  @Override
  public List<EventSource<?, Cas>> prepareEventSources(EventSourceContext<Cas> context) {
    var servers =
        InformerEventSourceConfiguration.from(StatefulSet.class, Cas.class)
            .withLabelSelector("app.kubernetes.io/managed-by=testudo-operator")
            .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(Cas.class))
            .build();
    return List.of(new InformerEventSource<>(servers, context));
  }

  /// What was found of a CAS.
  private record Found(
      Optional<String> version, Optional<KeyHash> key, Finding ready, Finding verified) {
    static Found nothing(Finding ready) {
      var verified =
          new Finding("KeyVerified", Truth.UNKNOWN, "NotReady", "CAS does not answer yet");
      return new Found(Optional.empty(), Optional.empty(), ready, verified);
    }
  }

  @Override
  public UpdateControl<Cas> reconcile(Cas cas, Context<Cas> context) {
    return turns.take(cas, () -> installed(cas));
  }

  private UpdateControl<Cas> installed(Cas cas) {
    Found found;
    try {
      found = found(cas, CasOrder.of(cas));
    } catch (InvalidCasException e) {
      found = Found.nothing(notReady("InvalidSpec", String.valueOf(e.getMessage())));
    } catch (KubernetesClientException e) {
      if (e.getCode() != FORBIDDEN && e.getCode() != INVALID) {
        throw e;
      }
      found = Found.nothing(notReady("RefusedByCluster", String.valueOf(e.getMessage())));
    }
    var wait = found.version().isPresent() ? LOOK_AGAIN : LOOK_SOON;
    return control(cas, found).rescheduleAfter(wait);
  }

  private Found found(Cas cas, CasOrder order) {
    var status = objects.apply(cas, order).getStatus();
    if (status == null || Objects.requireNonNullElse(status.getReadyReplicas(), 0) == 0) {
      return Found.nothing(notReady("Starting", "its pod is not ready yet"));
    }
    var ready = new Finding("Ready", Truth.TRUE, "Ready", "its pod is ready");
    try {
      var key = probe.key(order.address());
      var verified = verified(order, key);
      if (verified.truth() == Truth.FALSE) {
        return new Found(Optional.empty(), Optional.of(key), ready, verified);
      }
      var version = probe.version(order.address(), key);
      return new Found(Optional.of(version), Optional.of(key), ready, verified);
    } catch (IOException e) {
      var unknown =
          new Finding(
              "KeyVerified", Truth.UNKNOWN, "CasUnreachable", String.valueOf(e.getMessage()));
      return new Found(Optional.empty(), Optional.empty(), ready, unknown);
    }
  }

  private static Finding verified(CasOrder order, KeyHash key) {
    if (order.pin().isEmpty()) {
      return new Finding(
          "KeyVerified",
          Truth.UNKNOWN,
          "NotPinned",
          "whoever answers has this key; compare it with the first line of the log of CAS, and set"
              + " `key`");
    }
    return order.pin().get().equals(key)
        ? new Finding("KeyVerified", Truth.TRUE, "Pinned", "CAS has the key of the specification")
        : new Finding(
            "KeyVerified", Truth.FALSE, "AnotherKey", "whoever answers has another key than `key`");
  }

  private static Finding notReady(String reason, String message) {
    return new Finding("Ready", Truth.FALSE, reason, message);
  }

  private UpdateControl<Cas> control(Cas cas, Found found) {
    var before = cas.getStatus();
    var generation = Objects.requireNonNullElse(cas.getMetadata().getGeneration(), 0L);
    var backup =
        new Finding(
            "BackedUp",
            Truth.UNKNOWN,
            "NotByOperator",
            "the operator makes no backups; the chart of CAS and `testudo cas backup` do");
    var now =
        new CasStatus(
            found.version().orElse(null),
            found.key().map(KeyHash::text).orElse(null),
            generation,
            conditions.of(
                List.of(found.ready(), found.verified(), backup),
                before == null ? List.of() : before.conditions(),
                generation));
    if (now.equals(before)) {
      return UpdateControl.noUpdate();
    }
    var answered = new Cas();
    answered.setMetadata(
        new ObjectMetaBuilder()
            .withName(cas.getMetadata().getName())
            .withNamespace(cas.getMetadata().getNamespace())
            .build());
    answered.setStatus(now);
    return UpdateControl.patchStatus(answered);
  }
}
