package dev.testudo.image.layout;

import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.ManifestReference;
import java.io.IOException;
import java.util.Optional;

/// A store on this machine that images are read from.
public sealed interface LocalSource extends BlobSource permits LayoutSource, DockerArchiveSource {
  /// Finds an image by its tag or name. Without one, there must be exactly one image.
  ///
  /// @throws dev.testudo.image.oci.ImageException with
  ///     [dev.testudo.image.oci.ImageFault#NOT_FOUND] that names those that exist
  ManifestReference find(Optional<String> name) throws IOException;

  /// Opens a location.
  ///
  /// @throws IOException if there is nothing, or something else
  static LocalSource open(ImageLocation.Local location) throws IOException {
    return switch (location) {
      case ImageLocation.LayoutDirectory(var path, _) -> LayoutSource.directory(path);
      case ImageLocation.OciArchive(var path, _) -> LayoutSource.archive(path);
      case ImageLocation.DockerArchive(var path, _) -> DockerArchiveSource.open(path);
    };
  }
}
