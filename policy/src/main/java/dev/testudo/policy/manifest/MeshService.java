package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import java.util.List;

/// A service of a mesh.
///
/// @param name unique in the mesh; defaults to the last part of the image's name
/// @param values values for this service only
/// @param network whom it connects to, and what anybody may connect to
public record MeshService(
    Text name, Text image, List<ValueBlock.Value> values, DeclaredNetwork network) {
  public MeshService {
    values = List.copyOf(values);
  }
}
