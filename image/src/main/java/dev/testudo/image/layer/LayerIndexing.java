package dev.testudo.image.layer;

import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ImageParts;
import dev.testudo.image.transfer.TransferListener;
import dev.testudo.image.transfer.WatchedSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Reads the layers of an image, several at once.
public final class LayerIndexing {
  /// Most images have fewer large layers, and more readers would only wait for the disk.
  private static final int MAX_THREADS = 4;

  private static final long SECONDS_TO_END = 10;

  private LayerIndexing() {}

  /// Returns the indexes of the layers of an image, the lowest first.
  ///
  /// @throws IOException see [#of(BlobSource, ImageParts, LayerIndexCache, TransferListener)]
  public static List<LayerIndex> of(BlobSource source, ImageParts image, LayerIndexCache cache)
      throws IOException {
    return of(source, image, cache, TransferListener.NONE);
  }

  /// Returns the indexes of the layers of an image, the lowest first.
  ///
  /// @param listener is told how far the layers have been read
  /// @throws ImageException with [ImageFault#WRONG_CONTENT] if a layer is not the one that the
  ///     configuration names
  /// @throws IOException if one cannot be read, see [LayerIndex#of]; the others are then
  ///     interrupted, which may close the source
  public static List<LayerIndex> of(
      BlobSource source, ImageParts image, LayerIndexCache cache, TransferListener listener)
      throws IOException {
    var layers = image.manifest().layers();
    listener.planned(layers);
    var indexes = read(source, layers, cache, listener);
    for (var i = 0; i < indexes.size(); i++) {
      requireNamed(indexes.get(i), image.config().diffIds().get(i));
    }
    return indexes;
  }

  /// The manifest names layers as they are stored, the configuration what they decompress to.
  private static void requireNamed(LayerIndex index, Digest diffId) throws ImageException {
    if (!index.diffId().equals(diffId)) {
      throw new ImageException(
          ImageFault.WRONG_CONTENT,
          "the layer %s is not the one that the configuration names: uncompressed, its digest is %s, not %s"
              .formatted(index.blob(), index.diffId(), diffId));
    }
  }

  static List<LayerIndex> read(
      BlobSource source, List<Descriptor> layers, LayerIndexCache cache, TransferListener listener)
      throws IOException {
    var threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
    var number = new AtomicInteger();
    var executor =
        Executors.newFixedThreadPool(
            threads,
            task -> Thread.ofPlatform().name("layer-" + number.incrementAndGet()).unstarted(task));
    try {
      var tasks = new ArrayList<Future<LayerIndex>>();
      for (var layer : layers) {
        tasks.add(executor.submit(() -> index(source, layer, cache, listener)));
      }
      var indexes = new ArrayList<LayerIndex>();
      for (var task : tasks) {
        indexes.add(result(task));
      }
      return indexes;
    } finally {
      end(executor);
    }
  }

  private static LayerIndex index(
      BlobSource source, Descriptor layer, LayerIndexCache cache, TransferListener listener)
      throws IOException {
    var watched = new WatchedSource(source, listener);
    var index = cache.index(watched, layer);
    listener.done(layer, watched.isOpened());
    return index;
  }

  /// Interrupts what still reads, and waits until it has noticed.
  private static void end(ExecutorService executor) {
    executor.shutdownNow();
    try {
      var _ = executor.awaitTermination(SECONDS_TO_END, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static LayerIndex result(Future<LayerIndex> task) throws IOException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading layers", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException bug -> throw bug;
        case Error bug -> throw bug;
        case null, default -> throw new AssertionError(e);
      }
    }
  }
}
