package dev.testudo.image.layer;

import dev.testudo.image.layer.LayerStream.ContentSink;
import dev.testudo.image.oci.Digest.Algorithm;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.tar.TarKind;
import dev.testudo.image.tar.TarReader;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Turns the entries of an archive into nodes of a layer, and hashes the content of files. Not
/// thread-safe.
final class NodeReader {
  private final TarReader tar;
  private final byte[] buffer = new byte[1 << 16];
  private final MessageDigest hash = Algorithm.SHA256.start();

  NodeReader(TarReader tar) {
    this.tar = tar;
  }

  /// Returns what the entry is that the archive has just returned, and reads its whole content.
  ///
  /// @param sink receives the content of a file
  /// @throws ImageException if the target of a hard link is no path in an image
  /// @throws IOException if the archive cannot be read
  LayerNode read(TarKind kind, ContentSink sink) throws IOException {
    return switch (kind) {
      case TarKind.File(var bytes) -> new LayerNode.RegularFile(bytes, content(sink));
      case TarKind.Directory() -> new LayerNode.Directory();
      case TarKind.SymbolicLink(var target) -> new LayerNode.SymbolicLink(target);
      case TarKind.HardLink(var target) -> new LayerNode.HardLink(LayerPath.of(target));
      case TarKind.Device(var block, var major, var minor) ->
          new LayerNode.Device(block, major, minor);
      case TarKind.Fifo() -> new LayerNode.Fifo();
    };
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
