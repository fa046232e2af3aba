package dev.testudo.it.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;

/// A kind of object that the API server knows.
///
/// @param schema the structural schema of a custom resource; missing for those of Kubernetes itself
record ApiKind(
    String group,
    String version,
    String plural,
    String kind,
    boolean namespaced,
    boolean hasStatus,
    JsonNode schema) {

  private static ApiKind of(
      String group, String version, String plural, String kind, boolean namespaced) {
    return new ApiKind(group, version, plural, kind, namespaced, true, MissingNode.getInstance());
  }

  /// The kinds that every cluster has, as far as Testudo's charts or Helm use them.
  static List<ApiKind> builtIn() {
    return List.of(
        of("", "v1", "namespaces", "Namespace", false),
        of("", "v1", "pods", "Pod", true),
        of("", "v1", "services", "Service", true),
        of("", "v1", "configmaps", "ConfigMap", true),
        of("", "v1", "secrets", "Secret", true),
        of("", "v1", "serviceaccounts", "ServiceAccount", true),
        of("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true),
        of("apps", "v1", "deployments", "Deployment", true),
        of("apps", "v1", "statefulsets", "StatefulSet", true),
        of("batch", "v1", "jobs", "Job", true),
        of("batch", "v1", "cronjobs", "CronJob", true),
        of("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true),
        of("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true),
        of("coordination.k8s.io", "v1", "leases", "Lease", true),
        of("rbac.authorization.k8s.io", "v1", "roles", "Role", true),
        of("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true),
        of("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false),
        of("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", false),
        of(
            "apiextensions.k8s.io",
            "v1",
            "customresourcedefinitions",
            "CustomResourceDefinition",
            false));
  }

  /// The kind that a CustomResourceDefinition defines.
  static ApiKind definedBy(JsonNode definition) {
    var spec = definition.path("spec");
    var version = spec.at("/versions/0");
    return new ApiKind(
        spec.path("group").asText(),
        version.path("name").asText(),
        spec.at("/names/plural").asText(),
        spec.at("/names/kind").asText(),
        spec.path("scope").asText().equals("Namespaced"),
        !version.at("/subresources/status").isMissingNode(),
        version.at("/schema/openAPIV3Schema"));
  }

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  boolean isCustom() {
    return !schema.isMissingNode();
  }
}
