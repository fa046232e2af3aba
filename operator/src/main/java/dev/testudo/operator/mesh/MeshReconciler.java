package dev.testudo.operator.mesh;

import dev.testudo.operator.condition.Conditions;
import dev.testudo.operator.resource.ConfidentialMesh;
import dev.testudo.operator.resource.ConfidentialMeshStatus;
import dev.testudo.operator.resource.SignedPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Reports what runs of a mesh whenever one of its pods or policies changes.
public final class MeshReconciler implements Reconciler<ConfidentialMesh> {
  private final KubernetesClient client;
  private final Conditions conditions;
  private final Restarts restarts;

  /// Creates it.
  public MeshReconciler(KubernetesClient client, Conditions conditions) {
    this.client = client;
    this.conditions = conditions;
    this.restarts = new Restarts(client);
  }

  @Override
  public List<EventSource<?, ConfidentialMesh>> prepareEventSources(
      EventSourceContext<ConfidentialMesh> context) {
    var pods =
        InformerEventSourceConfiguration.from(Pod.class, ConfidentialMesh.class)
            .withLabelSelector(MeshWorkload.MESH)
            .withSecondaryToPrimaryMapper(MeshReconciler::meshOf)
            .<ConfidentialMesh>withPrimaryToSecondaryMapper(_ -> Set.of())
            .build();
    var policies =
        InformerEventSourceConfiguration.from(SignedPolicy.class, ConfidentialMesh.class)
            .withSecondaryToPrimaryMapper(
                policy -> meshesIn(context, policy.getMetadata().getNamespace()))
            .<ConfidentialMesh>withPrimaryToSecondaryMapper(_ -> Set.of())
            .build();
    return List.of(
        new InformerEventSource<>(pods, context), new InformerEventSource<>(policies, context));
  }

  private static Set<ResourceID> meshOf(Pod pod) {
    return Optional.ofNullable(pod.getMetadata().getLabels())
        .map(labels -> labels.get(MeshWorkload.MESH))
        .map(mesh -> Set.of(new ResourceID(mesh, pod.getMetadata().getNamespace())))
        .orElse(Set.of());
  }

  private static Set<ResourceID> meshesIn(
      EventSourceContext<ConfidentialMesh> context, String namespace) {
    return context
        .getPrimaryCache()
        .list(namespace)
        .map(ResourceID::fromResource)
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public UpdateControl<ConfidentialMesh> reconcile(
      ConfidentialMesh mesh, Context<ConfidentialMesh> context) {
    var metadata = mesh.getMetadata();
    var before =
        Objects.requireNonNullElse(
            mesh.getStatus(), new ConfidentialMeshStatus(List.of(), null, List.of()));
    var workloads = MeshWorkload.of(client, metadata.getNamespace(), metadata.getName());
    var policies = PolicyRevisions.of(cached(context, SignedPolicy.class, mesh));
    var wanted =
        mesh.getSpec() != null && Boolean.TRUE.equals(mesh.getSpec().restartOnPolicyChange());
    var digests = restarts.follow(workloads, policies, before.services(), wanted);
    var observed =
        new ObservedMesh(workloads, ObservedMesh.instances(pods(context, mesh)), policies, digests);
    var generation = Objects.requireNonNullElse(metadata.getGeneration(), 0L);
    var now =
        new ConfidentialMeshStatus(
            observed.services(),
            generation,
            conditions.of(observed.findings(), before.conditions(), generation));
    return now.equals(mesh.getStatus())
        ? UpdateControl.noUpdate()
        : UpdateControl.patchStatus(answered(mesh, now));
  }

  private static ConfidentialMesh answered(ConfidentialMesh mesh, ConfidentialMeshStatus status) {
    var answered = new ConfidentialMesh();
    answered.setMetadata(
        new ObjectMetaBuilder()
            .withName(mesh.getMetadata().getName())
            .withNamespace(mesh.getMetadata().getNamespace())
            .build());
    answered.setStatus(status);
    return answered;
  }

  private static List<Pod> pods(Context<ConfidentialMesh> context, ConfidentialMesh mesh) {
    var name = mesh.getMetadata().getName();
    return cached(context, Pod.class, mesh).stream()
        .filter(pod -> name.equals(pod.getMetadata().getLabels().get(MeshWorkload.MESH)))
        .toList();
  }

  /// Returns the objects of one type that the operator watches in the namespace of a mesh.
  private static <T extends HasMetadata> List<T> cached(
      Context<ConfidentialMesh> context, Class<T> type, ConfidentialMesh mesh) {
    var source =
        (InformerEventSource<T, ConfidentialMesh>)
            context.eventSourceRetriever().getEventSourceFor(type);
    return source.list(mesh.getMetadata().getNamespace(), _ -> true).toList();
  }
}
