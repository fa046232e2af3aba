package dev.testudo.operator.mesh;

import dev.testudo.operator.resource.MeshServiceStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Restarts the workloads whose sessions have changed, as `kubectl rollout restart` does: by an
/// annotation of the pods. It contains a digest of the sessions, so that restarting once more for
/// the same change does nothing.
final class Restarts {
  private static final String ANNOTATION = "testudo.dev/policies";
  private final KubernetesClient client;

  Restarts(KubernetesClient client) {
    this.client = client;
  }

  /// Restarts what has changed since `before`, and returns the digests to remember, by service.
  /// What was never seen before is remembered only: its pods have started with what is registered,
  /// or wait for it.
  ///
  /// @param wanted true if workloads shall be restarted; otherwise nothing is done
  Map<String, String> follow(
      List<MeshWorkload> workloads,
      PolicyRevisions policies,
      List<MeshServiceStatus> before,
      boolean wanted) {
    var known = new TreeMap<String, String>();
    before.forEach(
        one -> {
          if (one.policies() != null) {
            known.put(one.name(), one.policies());
          }
        });
    var digests = new TreeMap<String, String>();
    for (var workload : workloads) {
      var old = known.get(workload.service());
      var now = policies.digest(workload.sessions());
      if (wanted && old != null && now.isPresent() && !now.get().equals(old)) {
        restart(workload.object(), now.get());
      }
      var kept = now.orElse(old == null ? "" : old);
      if (!kept.isEmpty()) {
        digests.put(workload.service(), kept);
      }
    }
    return digests;
  }

  private void restart(HasMetadata object, String digest) {
    var merge = PatchContext.of(PatchType.JSON_MERGE);
    var patch =
        "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}}}"
            .formatted(ANNOTATION, digest);
    switch (object) {
      case Deployment one -> client.resource(one).patch(merge, patch);
      case StatefulSet one -> client.resource(one).patch(merge, patch);
      // The pods of a Job cannot be changed, and end by themselves.
      default -> {}
    }
  }
}
