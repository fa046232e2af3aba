package dev.testudo.operator.resource;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the operator sees of a mesh.
///
/// @param services the services of the mesh, by name
/// @param observedGeneration the generation of the object that this is about
/// @param conditions `Attested` and `PoliciesRegistered`
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConfidentialMeshStatus(
    List<MeshServiceStatus> services,
    @Nullable Long observedGeneration,
    List<Condition> conditions) {
  /// Copies the lists.
  public ConfidentialMeshStatus {
    services = services == null ? List.of() : List.copyOf(services);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
