package dev.testudo.image.layer;

import dev.testudo.image.compression.Decompression;
import dev.testudo.image.compression.DecompressionLimits;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Compression;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.Digest.Algorithm;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.VerifiedStream;
import dev.testudo.image.tar.TarEntry;
import dev.testudo.image.tar.TarException;
import dev.testudo.image.tar.TarKind;
import dev.testudo.image.tar.TarReader;
import dev.testudo.image.zstd.ZstdException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// A layer, read once from its first entry to its last, in constant memory. Every message names the
/// layer. What was read is verified when [#next] has returned empty. Not thread-safe.
public final class LayerStream implements Closeable {
  /// The most entries of a layer.
  public static final int MAX_ENTRIES = 500_000;

  /// From how many compressed bytes on a second thread pays off.
  private static final long MIN_AHEAD = 1 << 20;

  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final String AUFS = ".wh..wh.";

  /// Receives the content of files.
  @FunctionalInterface
  public interface ContentSink {
    /// Is told of a file before its content.
    ///
    /// @param path absolute
    /// @param size bytes
    default void begin(String path, long size) {}

    /// Receives the next bytes.
    void write(byte[] buffer, int offset, int length) throws IOException;
  }

  private final Descriptor layer;
  private final VerifiedStream blob;
  private final InputStream content;
  private final Optional<HashingStream> uncompressed;
  private final TarReader tar;
  private final NodeReader nodes;
  private int count;
  private long size;

  private LayerStream(Descriptor layer, VerifiedStream blob, Decompression decompression) {
    this.layer = layer;
    this.blob = blob;
    // A plain layer is hashed once: its digest is that of the uncompressed layer.
    var known =
        decompression.found() == Compression.NONE && layer.digest().algorithm() == Algorithm.SHA256;
    var bytes = ahead(layer, decompression);
    this.uncompressed = known ? Optional.empty() : Optional.of(new HashingStream(bytes));
    this.content = known ? bytes : uncompressed.orElseThrow();
    this.tar = new TarReader(this.content);
    this.nodes = new NodeReader(tar);
  }

  /// Large layers are decompressed in a thread of its own.
  private static InputStream ahead(Descriptor layer, Decompression decompression) {
    var worthwhile =
        decompression.found() != Compression.NONE
            && layer.size() >= MIN_AHEAD
            && Runtime.getRuntime().availableProcessors() > 1;
    return worthwhile ? new ReadAhead(decompression.content()) : decompression.content();
  }

  /// Opens a layer.
  ///
  /// @throws ImageException with [ImageFault#UNSUPPORTED] if the descriptor is not of a layer, and
  ///     with [ImageFault#MALFORMED] if it is compressed otherwise than its media type says
  public static LayerStream open(BlobSource source, Descriptor layer, DecompressionLimits limits)
      throws IOException {
    var type =
        layer
            .type()
            .filter(one -> one.kind() == MediaType.Kind.LAYER)
            .orElseThrow(() -> unsupported(layer));
    var blob = source.open(layer);
    try {
      var decompression = Decompression.of(blob, limits);
      if (decompression.found() != type.compression()) {
        throw new ImageException(
            ImageFault.MALFORMED,
            "%s: the media type `%s` says %s, the content is %s"
                .formatted(
                    name(layer),
                    layer.mediaType(),
                    shown(type.compression()),
                    shown(decompression.found())));
      }
      return new LayerStream(layer, blob, decompression);
    } catch (IOException | RuntimeException e) {
      blob.close();
      throw e;
    }
  }

  private static ImageException unsupported(Descriptor layer) {
    return new ImageException(
        ImageFault.UNSUPPORTED,
        "%s has the media type `%s`, which is not that of a layer"
            .formatted(name(layer), LayerPath.shown(layer.mediaType())));
  }

  private static String shown(Compression compression) {
    return switch (compression) {
      case NONE -> "not compressed";
      case GZIP -> "gzip";
      case ZSTD -> "zstd";
    };
  }

  private static String name(Descriptor layer) {
    return "the layer " + layer.digest();
  }

  /// Reads the next entry with its whole content; returns empty after the last one.
  ///
  /// @param sink receives the content of a file
  /// @throws ImageException if the layer is malformed, hostile, or not what its digest says
  public Optional<LayerEntry> next(ContentSink sink) throws IOException {
    try {
      var entry = tar.next();
      while (entry.isPresent() && isAufs(entry.get().name())) {
        entry = tar.next();
      }
      if (entry.isEmpty()) {
        blob.finish();
        size = tar.position();
        return Optional.empty();
      }
      if (++count > MAX_ENTRIES) {
        throw new ImageException(
            ImageFault.TOO_LARGE, "more than %d entries".formatted(MAX_ENTRIES));
      }
      return Optional.of(entry(entry.get(), sink));
    } catch (TarException e) {
      throw wrapped(fault(e.reason()), e);
    } catch (ZstdException e) {
      throw wrapped(ImageFault.MALFORMED, e);
    } catch (ImageException e) {
      throw e.fault() == ImageFault.WRONG_CONTENT ? e : wrapped(e.fault(), e);
    }
  }

  private static ImageFault fault(TarException.Reason reason) {
    return switch (reason) {
      case MALFORMED -> ImageFault.MALFORMED;
      case UNSUPPORTED -> ImageFault.UNSUPPORTED;
      case TOO_LARGE -> ImageFault.TOO_LARGE;
    };
  }

  private ImageException wrapped(ImageFault fault, IOException cause) {
    return new ImageException(
        fault, "%s, entry %d: %s".formatted(name(layer), count + 1, cause.getMessage()), cause);
  }

  /// Docker's first storage driver left metadata of its own in layers; nobody unpacks it.
  private static boolean isAufs(String name) {
    var last = LayerPath.name(name);
    return last.startsWith(AUFS) && !last.equals(OPAQUE);
  }

  private LayerEntry entry(TarEntry entry, ContentSink sink) throws IOException {
    var path = LayerPath.of(entry.name());
    var last = LayerPath.name(path);
    if (LayerPath.parts(LayerPath.parent(path)).stream()
        .anyMatch(one -> one.startsWith(WHITEOUT))) {
      throw new ImageException(
          ImageFault.MALFORMED, "`%s` is within a whiteout".formatted(LayerPath.shown(path)));
    }
    if (!last.startsWith(WHITEOUT)) {
      if (entry.kind() instanceof TarKind.File(var bytes)) {
        sink.begin(path, bytes);
      }
      return new LayerEntry(path, nodes.read(entry.kind(), sink), entry.attributes());
    }
    var directory = LayerPath.parent(path);
    if (last.equals(OPAQUE)) {
      return new LayerEntry(directory, new LayerNode.OpaqueWhiteout(), entry.attributes());
    }
    var removed = last.substring(WHITEOUT.length());
    if (removed.isEmpty() || removed.equals(".") || removed.equals("..")) {
      throw new ImageException(
          ImageFault.ESCAPES,
          "`%s` is a whiteout of a directory from within".formatted(LayerPath.shown(path)));
    }
    return new LayerEntry(
        LayerPath.child(directory, removed), new LayerNode.Whiteout(), entry.attributes());
  }

  /// Returns the digest of the uncompressed layer, by which configurations name it, and resets it.
  /// Use it once, after [#next] has returned empty.
  public Digest diffId() {
    return uncompressed
        .map(stream -> Digest.finish(Algorithm.SHA256, stream.hash()))
        .orElse(layer.digest());
  }

  /// Returns the size of the uncompressed layer, bytes, after [#next] has returned empty.
  public long size() {
    return size;
  }

  @Override
  public void close() throws IOException {
    content.close();
  }
}
