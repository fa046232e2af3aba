package dev.testudo.image.layer;

import dev.testudo.image.compression.GzipOutput;
import dev.testudo.image.layer.LayerFile.Content;
import dev.testudo.image.layer.LayerNode.HardLink;
import dev.testudo.image.oci.BlobSink;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.Digest.Algorithm;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.tar.TarEntry;
import dev.testudo.image.tar.TarKind;
import dev.testudo.image.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Writes layers. The same files give the same bytes: entries are sorted by the bytes of their
/// paths, and nothing comes from this machine but the content. Memory does not depend on the size
/// of the files.
public final class LayerWriter {
  private static final int BUFFER = 1 << 16;

  private LayerWriter() {}

  /// Writes a layer to `sink`.
  ///
  /// @param files the entries, in any order, with distinct paths. The target of a hard link is one
  ///     of them
  /// @param type [MediaType#OCI_LAYER_GZIP], [MediaType#OCI_LAYER] or Docker's form of them
  /// @throws IllegalArgumentException if a path occurs twice, a hard link has no target, or the
  ///     type is another one
  /// @throws IOException if a file cannot be read, has another size than it should, or the sink
  ///     fails; nothing is stored then
  public static WrittenLayer write(List<LayerFile> files, BlobSink sink, MediaType type)
      throws IOException {
    try (var blob = sink.begin(type)) {
      var compressed = compressed(type, blob);
      var hashed = new DigestOutputStream(compressed, Algorithm.SHA256.start());
      var out = new BufferedOutputStream(hashed, BUFFER);
      var tar = new TarWriter(out);
      for (var file : ordered(files)) {
        write(tar, file);
      }
      tar.finish();
      out.flush();
      if (compressed instanceof GzipOutput gzip) {
        gzip.finish();
      }
      return new WrittenLayer(
          blob.commit(), Digest.finish(Algorithm.SHA256, hashed.getMessageDigest()));
    }
  }

  private static OutputStream compressed(MediaType type, OutputStream out) throws IOException {
    if (type.kind() != MediaType.Kind.LAYER) {
      throw new IllegalArgumentException("not the type of a layer");
    }
    return switch (type.compression()) {
      case NONE -> out;
      case GZIP -> new GzipOutput(out);
      case ZSTD -> throw new IllegalArgumentException("layers are not written with zstd");
    };
  }

  private static void write(TarWriter tar, LayerFile file) throws IOException {
    switch (file.content()) {
      case Content.Bytes(var size, var content) -> {
        tar.put(new TarEntry(name(file.path()), new TarKind.File(size), file.attributes()));
        var buffer = new byte[BUFFER];
        try (var in = content.open()) {
          for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            tar.write(buffer, 0, n);
          }
        }
      }
      case Content.Other(var node) -> tar.put(entry(file, node));
    }
  }

  private static TarEntry entry(LayerFile file, LayerNode node) {
    var name = name(file.path());
    var kind =
        switch (node) {
          case LayerNode.Directory() -> new TarKind.Directory();
          case LayerNode.SymbolicLink(var target) -> new TarKind.SymbolicLink(target);
          case HardLink(var target) -> new TarKind.HardLink(name(target));
          case LayerNode.Device(var block, var major, var minor) ->
              new TarKind.Device(block, major, minor);
          case LayerNode.Fifo() -> new TarKind.Fifo();
          case LayerNode.Whiteout() -> new TarKind.File(0);
          case LayerNode.OpaqueWhiteout() -> new TarKind.File(0);
          case LayerNode.RegularFile _ -> throw new AssertionError("checked by LayerFile");
        };
    return new TarEntry(name, kind, file.attributes());
  }

  /// Returns the name in the archive: without the first `/`; the root is `.`.
  private static String name(String path) {
    return path.equals("/") ? "." : path.substring(1);
  }

  /// Sorts by path. Of several hard links, the first one becomes the file.
  private static List<LayerFile> ordered(List<LayerFile> files) {
    var sorted = new ArrayList<LayerFile>();
    for (var file : files) {
      sorted.add(asWritten(file));
    }
    sorted.sort((a, b) -> TreeNode.BY_BYTES.compare(a.path(), b.path()));
    var byPath = new HashMap<String, LayerFile>();
    for (var file : sorted) {
      if (byPath.put(file.path(), file) != null) {
        throw new IllegalArgumentException("`%s` occurs twice".formatted(file.path()));
      }
    }
    return firstLinkIsTheFile(sorted, byPath);
  }

  private static List<LayerFile> firstLinkIsTheFile(
      List<LayerFile> sorted, Map<String, LayerFile> byPath) {
    var first = new HashMap<String, String>();
    var written = new ArrayList<LayerFile>();
    for (var file : sorted) {
      var target = target(file, byPath);
      var earlier = first.putIfAbsent(target.path(), file.path());
      written.add(
          earlier == null
              ? new LayerFile(file.path(), target.content(), target.attributes())
              : new LayerFile(
                  file.path(), new Content.Other(new HardLink(earlier)), target.attributes()));
    }
    return written;
  }

  private static LayerFile target(LayerFile file, Map<String, LayerFile> byPath) {
    if (!(file.content() instanceof Content.Other(HardLink(var path)))) {
      return file;
    }
    var target = byPath.get(path);
    if (target == null || target.content() instanceof Content.Other(HardLink _)) {
      throw new IllegalArgumentException("`%s` is a hard link of nothing".formatted(file.path()));
    }
    return target;
  }

  /// Whiteouts are files whose names say what is removed.
  private static LayerFile asWritten(LayerFile file) {
    if (!(file.content() instanceof Content.Other(var node))) {
      return file;
    }
    var parent = LayerPath.parent(file.path());
    var path =
        switch (node) {
          case LayerNode.Whiteout() ->
              LayerPath.child(parent, ".wh." + LayerPath.name(file.path()));
          case LayerNode.OpaqueWhiteout() -> LayerPath.child(file.path(), ".wh..wh..opq");
          default -> file.path();
        };
    return new LayerFile(path, file.content(), file.attributes());
  }
}
