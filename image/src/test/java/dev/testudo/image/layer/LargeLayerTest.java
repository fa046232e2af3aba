package dev.testudo.image.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.MemoryStore;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.VerifiedStream;
import dev.testudo.image.tar.FileAttributes;
import dev.testudo.image.transfer.TransferListener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Layers that are so large that a thread of their own decompresses them.
@Timeout(60)
class LargeLayerTest {
  private static final int SIZE = 3 << 20;

  @TempDir Path directory;
  private final MemoryStore store = new MemoryStore();
  private final AtomicInteger opened = new AtomicInteger();

  private static LayerFile file(String path, byte[] content) {
    return new LayerFile(
        path,
        new LayerFile.Content.Bytes(content.length, () -> new ByteArrayInputStream(content)),
        FileAttributes.of(0644));
  }

  private static byte[] noise() {
    var bytes = new byte[SIZE];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private Descriptor layer() throws IOException {
    var files = List.of(file("/a", "small".getBytes(UTF_8)), file("/b", noise()));
    return LayerWriter.write(files, store, MediaType.OCI_LAYER_GZIP).blob();
  }

  private LayerIndexCache cache(String name) {
    return new LayerIndexCache(directory.resolve(name), 1 << 20, InstantSource.system());
  }

  /// Counts how often a blob is opened.
  private final class Counting implements BlobSource {
    @Override
    public VerifiedStream open(Descriptor blob) throws IOException {
      opened.incrementAndGet();
      return store.open(blob);
    }

    @Override
    public RawManifest manifest(ManifestReference reference) throws IOException {
      return store.manifest(reference);
    }

    @Override
    public String place() {
      return store.place();
    }

    @Override
    public void close() {}
  }

  @Test
  void aDamagedLayerIsRefusedWhereverTheDamageIs() throws Exception {
    var layer = layer();
    var good = store.open(layer).readAllBytes();
    for (var at : List.of(200, good.length / 2, good.length - 4)) {
      var bytes = good.clone();
      bytes[at] ^= 1;
      assertEquals(
          ImageFault.MALFORMED,
          assertThrows(
                  ImageException.class,
                  () -> LayerIndex.of(store, store.add(MediaType.OCI_LAYER_GZIP, bytes)))
              .fault());
    }
    assertEquals(2, LayerIndex.of(store, layer).entries().size());
  }

  @Test
  void filesThatWereKeptAreNotReadAgain() throws Exception {
    var layer = layer();
    var kept = new KeptContents("/a"::equals, 100);
    var indexes =
        LayerIndexing.read(
            new Counting(), List.of(layer), cache("c").keeping(kept), TransferListener.NONE);
    var tree = ImageTree.of(indexes);
    var a = tree.find("/a").orElseThrow().file();
    var b = tree.find("/b").orElseThrow().file();
    var found = new ArrayList<byte[]>();
    TreeContents.forEach(
        new Counting(), List.of(layer), List.of(a), kept, (_, content) -> found.add(content));
    assertEquals(1, opened.get());
    TreeContents.forEach(
        new Counting(), List.of(layer), List.of(a, b), kept, (_, content) -> found.add(content));
    assertEquals(2, opened.get());
    assertEquals("small", new String(found.get(0), UTF_8));
    assertEquals("small", new String(found.get(1), UTF_8));
    assertArrayEquals(noise(), found.get(2));
  }

  @Test
  void nothingIsKeptOfALayerThatDoesNotFit() throws Exception {
    var layer = layer();
    var other =
        LayerWriter.write(List.of(file("/c", new byte[90])), store, MediaType.OCI_LAYER_GZIP)
            .blob();
    var kept = new KeptContents(_ -> true, 100);
    LayerIndexing.read(store, List.of(layer), cache("c").keeping(kept), TransferListener.NONE);
    assertTrue(kept.of(layer.digest(), List.of(0)).isEmpty());
    LayerIndexing.read(store, List.of(other), cache("c").keeping(kept), TransferListener.NONE);
    assertTrue(kept.of(other.digest(), List.of(0)).isPresent());
  }

  @Test
  void aReaderThatIsInterruptedEndsTheThreadThatReadsAhead() throws Exception {
    var closed = new CountDownLatch(1);
    var endless =
        new PipedInputStream(new PipedOutputStream()) {
          @Override
          public void close() throws IOException {
            super.close();
            closed.countDown();
          }
        };
    try (var ahead = new ReadAhead(endless)) {
      Thread.currentThread().interrupt();
      assertThrows(InterruptedIOException.class, ahead::read);
      assertTrue(Thread.interrupted());
    }
    closed.await();
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(one -> one.getName().equals(Thread.currentThread().getName() + "-ahead")));
  }
}
