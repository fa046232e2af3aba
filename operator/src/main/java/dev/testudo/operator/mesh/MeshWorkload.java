package dev.testudo.operator.mesh;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A workload of a mesh, as the chart makes it.
///
/// @param object the Deployment, StatefulSet or Job
/// @param service the service, as its label says
/// @param wanted how many instances it wants
/// @param sessions the names of the sessions that its containers ask CAS for
record MeshWorkload(HasMetadata object, String service, int wanted, List<String> sessions) {
  static final String MESH = "app.kubernetes.io/part-of";
  static final String SERVICE = "app.kubernetes.io/name";
  private static final String CONFIG_ID = "SCONE_CONFIG_ID";

  MeshWorkload {
    sessions = List.copyOf(sessions);
  }

  /// Returns the workloads of a mesh, as the API server has them now.
  static List<MeshWorkload> of(KubernetesClient client, String namespace, String mesh) {
    var all = new ArrayList<MeshWorkload>();
    for (Deployment one :
        client
            .apps()
            .deployments()
            .inNamespace(namespace)
            .withLabel(MESH, mesh)
            .list()
            .getItems()) {
      all.add(of(one, one.getSpec().getReplicas(), one.getSpec().getTemplate()));
    }
    for (StatefulSet one :
        client
            .apps()
            .statefulSets()
            .inNamespace(namespace)
            .withLabel(MESH, mesh)
            .list()
            .getItems()) {
      all.add(of(one, one.getSpec().getReplicas(), one.getSpec().getTemplate()));
    }
    for (Job one :
        client.batch().v1().jobs().inNamespace(namespace).withLabel(MESH, mesh).list().getItems()) {
      all.add(of(one, one.getSpec().getParallelism(), one.getSpec().getTemplate()));
    }
    return all;
  }

  private static MeshWorkload of(
      HasMetadata object, @Nullable Integer wanted, PodTemplateSpec template) {
    var labels =
        Objects.requireNonNullElse(object.getMetadata().getLabels(), Map.<String, String>of());
    return new MeshWorkload(
        object,
        labels.getOrDefault(SERVICE, object.getMetadata().getName()),
        Objects.requireNonNullElse(wanted, 1),
        sessions(template));
  }

  private static List<String> sessions(PodTemplateSpec template) {
    var names = new TreeSet<String>();
    template.getSpec().getContainers().stream()
        .flatMap(container -> container.getEnv().stream())
        .filter(variable -> CONFIG_ID.equals(variable.getName()))
        .map(EnvVar::getValue)
        .flatMap(Stream::ofNullable)
        .filter(id -> id.indexOf('/') > 0)
        .forEach(id -> names.add(id.substring(0, id.lastIndexOf('/'))));
    return List.copyOf(names);
  }
}
