package dev.testudo.image.layer;

import dev.testudo.image.compression.DecompressionLimits;
import dev.testudo.image.layer.LayerStream.ContentSink;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Reads files of an [ImageTree] out of its layers, such as `/etc/passwd`. Each layer that has one
/// of them is read once, and verified.
public final class TreeContents {
  private TreeContents() {}

  /// Receives files.
  @FunctionalInterface
  public interface Use {
    /// Receives the content of a file, which is not verified before [TreeContents#forEach] returns.
    void accept(TreeFile file, byte[] content) throws IOException;
  }

  /// Returns the content of regular files.
  ///
  /// @param layers the layers that the tree was made of, in the same order
  /// @param limit the most bytes of all files together
  /// @throws ImageException with [ImageFault#TOO_LARGE] if there are more
  /// @throws IllegalArgumentException if one is not a regular file
  public static Map<TreeFile, byte[]> read(
      BlobSource source, List<Descriptor> layers, Collection<TreeFile> files, int limit)
      throws IOException {
    requireSmall(files, limit);
    var contents = new HashMap<TreeFile, byte[]>();
    forEach(source, layers, files, KeptContents.NOTHING, contents::put);
    return contents;
  }

  /// Reads regular files one after the other, in the order of the layers, so that only one is in
  /// memory. The caller has checked their sizes.
  ///
  /// @param layers the layers that the tree was made of, in the same order
  /// @param kept what need not be read again
  /// @throws IOException if a layer cannot be read, or `use` fails
  public static void forEach(
      BlobSource source,
      List<Descriptor> layers,
      Collection<TreeFile> files,
      KeptContents kept,
      Use use)
      throws IOException {
    for (var number = 0; number < layers.size(); number++) {
      var wanted = new TreeMap<Integer, TreeFile>();
      for (var file : files) {
        if (file.layer() == number) {
          wanted.put(file.entry(), file);
        }
      }
      var contents = kept.of(layers.get(number).digest(), wanted.keySet());
      if (contents.isPresent()) {
        for (var one : wanted.entrySet()) {
          use.accept(one.getValue(), contents.get().getOrDefault(one.getKey(), new byte[0]));
        }
      } else if (!wanted.isEmpty()) {
        read(source, layers.get(number), wanted, use);
      }
    }
  }

  private static void requireSmall(Collection<TreeFile> files, int limit) throws ImageException {
    var total = 0L;
    for (var file : files) {
      if (!(file.node() instanceof LayerNode.RegularFile(var size, _))) {
        throw new IllegalArgumentException("not a regular file");
      }
      total = Math.addExact(total, size);
    }
    if (total > limit) {
      throw new ImageException(
          ImageFault.TOO_LARGE, "%d bytes are wanted, %d are allowed".formatted(total, limit));
    }
  }

  private static void read(
      BlobSource source, Descriptor layer, Map<Integer, TreeFile> wanted, Use use)
      throws IOException {
    try (var in = LayerStream.open(source, layer, DecompressionLimits.LAYER)) {
      for (var number = 0; ; number++) {
        var file = wanted.get(number);
        var content = new ByteArrayOutputStream();
        ContentSink sink = file == null ? (_, _, _) -> {} : content::write;
        var entry = in.next(sink);
        if (entry.isEmpty()) {
          return;
        }
        if (file != null) {
          if (!entry.get().node().equals(file.node())) {
            throw new IllegalArgumentException("the tree is not made of these layers");
          }
          use.accept(file, content.toByteArray());
        }
      }
    }
  }
}
