package dev.testudo.operator.mesh;

import dev.testudo.operator.condition.Finding;
import dev.testudo.operator.condition.Finding.Truth;
import dev.testudo.operator.mesh.Instance.State;
import dev.testudo.operator.resource.MeshServiceStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/// A mesh as the operator sees it: its workloads, its pods, and the policies of its services.
///
/// @param pods the pods of the mesh, by service
/// @param digests what each workload's sessions were when it was started last, by service
record ObservedMesh(
    List<MeshWorkload> workloads,
    Map<String, List<Instance>> pods,
    PolicyRevisions policies,
    Map<String, String> digests) {

  /// Returns the instances of pods by service.
  static Map<String, List<Instance>> instances(Collection<Pod> pods) {
    var all = new TreeMap<String, List<Instance>>();
    for (var pod : pods) {
      var service =
          Objects.requireNonNullElse(pod.getMetadata().getLabels().get(MeshWorkload.SERVICE), "");
      all.computeIfAbsent(service, _ -> new ArrayList<>()).add(Instance.of(pod));
    }
    return all;
  }

  /// Returns the status of each service, by name.
  List<MeshServiceStatus> services() {
    return workloads.stream()
        .map(this::service)
        .sorted(Comparator.comparing(MeshServiceStatus::name))
        .toList();
  }

  private MeshServiceStatus service(MeshWorkload workload) {
    var instances = pods.getOrDefault(workload.service(), List.of());
    return new MeshServiceStatus(
        workload.service(),
        workload.wanted(),
        count(instances, State.ATTESTED),
        count(instances, State.REFUSED),
        instances.stream()
            .filter(one -> !one.message().isEmpty())
            .min(Comparator.comparing(Instance::state))
            .map(Instance::message)
            .orElse(null),
        digests.get(workload.service()));
  }

  private static int count(List<Instance> instances, State state) {
    return (int) instances.stream().filter(one -> one.state() == state).count();
  }

  /// Returns what the conditions of the mesh say.
  List<Finding> findings() {
    return List.of(attested(), registered());
  }

  private Finding attested() {
    if (workloads.isEmpty()) {
      return new Finding(
          "Attested",
          Truth.UNKNOWN,
          "NoWorkloads",
          "no Deployment, StatefulSet or Job has the name of the mesh as label "
              + MeshWorkload.MESH);
    }
    var worst =
        workloads.stream()
            .flatMap(one -> pods.getOrDefault(one.service(), List.of()).stream())
            .filter(one -> one.state() != State.ATTESTED)
            .min(Comparator.comparing(Instance::state));
    var lacking =
        services().stream()
            .filter(one -> attested(one) < wanted(one))
            .map(MeshServiceStatus::name)
            .toList();
    if (lacking.isEmpty()) {
      return new Finding("Attested", Truth.TRUE, "Attested", "all services are attested and ready");
    }
    return new Finding(
        "Attested",
        Truth.FALSE,
        worst.map(Instance::state).orElse(State.WAITING).reason(),
        "not attested: %s\n%s"
            .formatted(String.join(", ", lacking), worst.map(Instance::message).orElse(""))
            .strip());
  }

  private static int attested(MeshServiceStatus one) {
    return Objects.requireNonNullElse(one.attested(), 0);
  }

  private static int wanted(MeshServiceStatus one) {
    return Objects.requireNonNullElse(one.wanted(), 0);
  }

  private Finding registered() {
    var type = "PoliciesRegistered";
    var sessions = new TreeSet<String>();
    workloads.forEach(one -> sessions.addAll(one.sessions()));
    var missing = policies.missing(sessions);
    if (!missing.isEmpty()) {
      return new Finding(type, Truth.FALSE, "NotRegistered", String.join("\n", missing));
    }
    if (policies.digest(sessions).isEmpty()) {
      return new Finding(
          type,
          Truth.UNKNOWN,
          "NoPolicyObjects",
          "no SignedPolicy of this namespace is about a session of the mesh");
    }
    return new Finding(
        type, Truth.TRUE, "Registered", "CAS has all policies that objects speak of");
  }
}
