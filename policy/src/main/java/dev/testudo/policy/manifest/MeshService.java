package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import java.util.List;

/// A service of a mesh.
///
/// @param name unique in the mesh; defaults to the last part of the image's name
/// @param values values for this service only
public record MeshService(Text name, Text image, List<ValueBlock.Value> values) {
  public MeshService {
    values = List.copyOf(values);
  }
}
