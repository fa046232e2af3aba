package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Optional;

/// A service of a mesh.
///
/// @param name unique in the mesh; defaults to the last part of the image's name
/// @param values values for this service only
/// @param network whom it connects to, and what anybody may connect to
/// @param base `base`: the image that the image of a curated service starts from
/// @param imageSecrets `image_secrets`: the path of a file with secrets that replace those of the
///     manifest, relative to the Meshfile
public record MeshService(
    Text name,
    Text image,
    List<ValueBlock.Value> values,
    DeclaredNetwork network,
    Optional<Text> base,
    Optional<Text> imageSecrets) {
  public MeshService {
    values = List.copyOf(values);
  }
}
