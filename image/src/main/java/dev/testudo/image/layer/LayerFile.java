package dev.testudo.image.layer;

import dev.testudo.image.oci.BlobContent;
import dev.testudo.image.tar.FileAttributes;

/// A file that is about to be written into a layer.
///
/// @param path the path in the image: absolute, without `.` and `..`
/// @param content what it is
/// @param attributes mode, owner, time and extended attributes
public record LayerFile(String path, Content content, FileAttributes attributes) {
  /// Checks the path.
  ///
  /// @throws IllegalArgumentException if it is not absolute and normalised
  public LayerFile {
    if (!LayerPath.isNormal(path)) {
      throw new IllegalArgumentException("a path of an image is absolute and normalised");
    }
  }

  /// What a new file is.
  public sealed interface Content {
    /// A regular file.
    ///
    /// @param size the size of the content, bytes
    /// @param content the content
    record Bytes(long size, BlobContent content) implements Content {}

    /// Anything without content: directories, links, devices, pipes and whiteouts.
    ///
    /// @param node what it is; not a regular file
    record Other(LayerNode node) implements Content {
      /// Checks that it is not a regular file.
      public Other {
        if (node instanceof LayerNode.RegularFile) {
          throw new IllegalArgumentException("a regular file has content");
        }
      }
    }
  }
}
