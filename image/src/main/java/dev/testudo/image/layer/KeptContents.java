package dev.testudo.image.layer;

import dev.testudo.image.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The content of files that was kept in memory while layers were read for their indexes, so that
/// [TreeContents] need not read these layers again. If the wanted files of a layer do not fit,
/// nothing of this layer is kept. Thread-safe.
public final class KeptContents {
  /// Keeps nothing.
  public static final KeptContents NOTHING = new KeptContents(_ -> false, 0);

  private final Predicate<String> wanted;
  private final Map<Digest, Map<Integer, byte[]>> layers = new HashMap<>();
  private long left;

  /// Creates an empty store.
  ///
  /// @param wanted which paths are kept; called from several threads
  /// @param limit the most bytes of all files together
  public KeptContents(Predicate<String> wanted, int limit) {
    this.wanted = wanted;
    this.left = limit;
  }

  /// Returns what takes the files of one layer.
  Layer begin() {
    return new Layer();
  }

  /// Returns the files of a layer by the numbers of their entries, if all of `entries` were kept.
  Optional<Map<Integer, byte[]>> of(Digest layer, Collection<Integer> entries) {
    synchronized (layers) {
      return Optional.ofNullable(layers.get(layer))
          .filter(files -> files.keySet().containsAll(entries));
    }
  }

  private boolean reserve(long bytes) {
    synchronized (layers) {
      if (bytes > left) {
        return false;
      }
      left -= bytes;
      return true;
    }
  }

  /// Takes the files of one layer while it is read, and forgets at the end what was not kept. Not
  /// thread-safe.
  final class Layer implements LayerStream.ContentSink, AutoCloseable {
    private final Map<Integer, byte[]> files = new HashMap<>();
    private @Nullable ByteArrayOutputStream current;
    private long reserved;
    private boolean full;

    @Override
    public void begin(String path, long size) {
      current = null;
      if (full || !wanted.test(path)) {
        return;
      }
      if (reserve(size)) {
        reserved += size;
        current = new ByteArrayOutputStream((int) size);
      } else {
        full = true;
        close();
      }
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {
      if (current != null) {
        current.write(buffer, offset, length);
      }
    }

    /// Ends the entry with this number.
    void end(int number) {
      if (current != null) {
        files.put(number, current.toByteArray());
        current = null;
      }
    }

    /// Keeps the files of a layer that was read to its end, and so is verified.
    void keep(Digest layer) {
      synchronized (layers) {
        if (!full && layers.putIfAbsent(layer, Map.copyOf(files)) == null) {
          reserved = 0;
        }
      }
    }

    @Override
    public void close() {
      synchronized (layers) {
        left += reserved;
      }
      reserved = 0;
      files.clear();
    }
  }
}
