package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import java.util.List;

/// One service of a mesh.
///
/// @param name unique in the mesh; the last part of the image's name where none is written
/// @param values values for this service alone
public record MeshService(Text name, Text image, List<ValueBlock.Value> values) {
  public MeshService {
    values = List.copyOf(values);
  }
}
