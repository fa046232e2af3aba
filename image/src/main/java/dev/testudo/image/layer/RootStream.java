package dev.testudo.image.layer;

import dev.testudo.image.layer.LayerStream.ContentSink;
import dev.testudo.image.oci.Digest.Algorithm;
import dev.testudo.image.tar.TarEntry;
import dev.testudo.image.tar.TarKind;
import dev.testudo.image.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/// An archive of a whole root directory, as `tar` writes it. In contrast to a layer, no name in it
/// means a whiteout. Not thread-safe.
public final class RootStream {
  private final TarReader tar;
  private final byte[] buffer = new byte[1 << 16];
  private final MessageDigest hash = Algorithm.SHA256.start();

  /// Reads from `in`, which the caller closes.
  public RootStream(InputStream in) {
    this.tar = new TarReader(in);
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
    LayerNode node =
        switch (entry.kind()) {
          case TarKind.File(var size) -> new LayerNode.RegularFile(size, content(sink));
          case TarKind.Directory() -> new LayerNode.Directory();
          case TarKind.SymbolicLink(var target) -> new LayerNode.SymbolicLink(target);
          case TarKind.HardLink(var target) -> new LayerNode.HardLink(LayerPath.of(target));
          case TarKind.Device(var block, var major, var minor) ->
              new LayerNode.Device(block, major, minor);
          case TarKind.Fifo() -> new LayerNode.Fifo();
        };
    return new LayerEntry(LayerPath.of(entry.name()), node, entry.attributes());
  }

  private String content(ContentSink sink) throws IOException {
    hash.reset();
    for (var n = tar.read(buffer, 0, buffer.length);
        n >= 0;
        n = tar.read(buffer, 0, buffer.length)) {
      hash.update(buffer, 0, n);
      sink.write(buffer, 0, n);
    }
    return HexFormat.of().formatHex(hash.digest());
  }
}
