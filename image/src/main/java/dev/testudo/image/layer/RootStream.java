package dev.testudo.image.layer;

import dev.testudo.image.layer.LayerStream.ContentSink;
import dev.testudo.image.tar.TarEntry;
import dev.testudo.image.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// An archive of a whole root directory, as `tar` writes it. In contrast to a layer, no name in it
/// means a whiteout. Not thread-safe.
public final class RootStream {
  private final TarReader tar;
  private final NodeReader nodes;

  /// Reads from `in`, which the caller closes.
  public RootStream(InputStream in) {
    this.tar = new TarReader(in);
    this.nodes = new NodeReader(tar);
  }

  /// Reads the next entry with its whole content; returns empty after the last one.
  ///
  /// @param sink receives the content of a file
  /// @throws dev.testudo.image.tar.TarException if the archive is malformed
  /// @throws dev.testudo.image.oci.ImageException if a name is too long
  public Optional<LayerEntry> next(ContentSink sink) throws IOException {
    var entry = tar.next();
    return entry.isEmpty() ? Optional.empty() : Optional.of(entry(entry.get(), sink));
  }

  private LayerEntry entry(TarEntry entry, ContentSink sink) throws IOException {
    var node = nodes.read(entry.kind(), sink);
    return new LayerEntry(LayerPath.of(entry.name()), node, entry.attributes());
  }
}
