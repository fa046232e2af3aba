package dev.testudo.operator.resource;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/// A mesh that runs in this namespace. Its name is that of the mesh, which the pods of the mesh
/// have as the label `app.kubernetes.io/part-of`.
@Group("testudo.dev")
@Version("v1alpha1")
@Kind("ConfidentialMesh")
@Plural("confidentialmeshes")
@ShortNames("cmesh")
@AdditionalPrinterColumn(
    name = "Attested",
    jsonPath = ".status.conditions[?(@.type==\"Attested\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Policies",
    jsonPath = ".status.conditions[?(@.type==\"PoliciesRegistered\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Attested\")].reason",
    type = AdditionalPrinterColumn.Type.STRING)
public final class ConfidentialMesh
    extends WatchedResource<ConfidentialMeshSpec, ConfidentialMeshStatus> implements Namespaced {
  private static final long serialVersionUID = 1;

  /// Creates an object without anything in it.
  public ConfidentialMesh() {}
}
