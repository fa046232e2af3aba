package dev.testudo.image.layer;

import dev.testudo.image.compression.DecompressionLimits;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What a layer contains, with the hash of each file, but without content.
///
/// @param blob the digest of the layer as it is stored
/// @param diffId the digest of the uncompressed layer
/// @param size the size of the uncompressed layer, bytes
/// @param entries the entries in the order of the layer. A path may occur more than once; the last
///     one counts
public record LayerIndex(Digest blob, Digest diffId, long size, List<LayerEntry> entries) {
  /// Copies the list.
  public LayerIndex {
    entries = List.copyOf(entries);
  }

  /// Reads a layer once and verifies it.
  ///
  /// @throws dev.testudo.image.oci.ImageException if it is malformed or hostile, or its content is
  ///     not what its digest says
  public static LayerIndex of(BlobSource source, Descriptor layer) throws IOException {
    return of(source, layer, KeptContents.NOTHING);
  }

  /// Reads a layer once and verifies it.
  ///
  /// @param contents keeps the content of the files that it wants
  /// @throws dev.testudo.image.oci.ImageException see [#of(BlobSource, Descriptor)]
  static LayerIndex of(BlobSource source, Descriptor layer, KeptContents contents)
      throws IOException {
    var entries = new ArrayList<LayerEntry>();
    try (var in = LayerStream.open(source, layer, DecompressionLimits.LAYER);
        var files = contents.begin()) {
      for (var entry = in.next(files); entry.isPresent(); entry = in.next(files)) {
        files.end(entries.size());
        entries.add(entry.get());
      }
      files.keep(layer.digest());
      return new LayerIndex(layer.digest(), in.diffId(), in.size(), entries);
    }
  }
}
