package dev.testudo.image.oci;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A place that images are read from and written to, where other manifests may refer to an image,
/// such as signatures and SBOMs: a repository of a registry, or a layout.
public interface ImageStore extends BlobSource, BlobSink {
  /// Returns the manifests that refer to `subject`. Nothing is verified.
  ///
  /// @param artifactType the type wanted, or empty for all
  /// @throws IOException if the place fails
  List<Descriptor> referrers(Digest subject, Optional<String> artifactType) throws IOException;
}
