package dev.testudo.image.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.MemoryStore;
import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.layout.LayoutSource;
import dev.testudo.image.oci.BlobSource;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ImageException;
import dev.testudo.image.oci.ImageFault;
import dev.testudo.image.oci.ManifestReference;
import dev.testudo.image.oci.ManifestReference.ByDigest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.Platform;
import dev.testudo.image.oci.RawManifest;
import dev.testudo.image.oci.VerifiedStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Copies of whole images.
@Timeout(60)
class ImageTransferTest {
  private static final ByTag TAG = new ByTag("v1");

  @TempDir Path directory;

  private final MemoryStore source = new MemoryStore();

  /// Stores an image of two layers without a tag.
  private RawManifest image(String name, MediaType layerType) throws IOException {
    var config = source.add(MediaType.OCI_CONFIG, bytes("{\"n\":\"%s\"}".formatted(name)));
    var layers =
        List.of(
            source.add(layerType, bytes("layer of " + name)),
            source.add(MediaType.OCI_LAYER, bytes("shared")));
    var text =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                MediaType.OCI_MANIFEST.text(),
                json(config, ""),
                layers.stream().map(one -> json(one, "")).collect(Collectors.joining(",")));
    var manifest = new RawManifest(MediaType.OCI_MANIFEST.text(), bytes(text));
    source.putManifest(new ByDigest(manifest.descriptor().digest()), manifest);
    return manifest;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String json(Descriptor one, String more) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
        .formatted(one.mediaType(), one.digest(), one.size(), more);
  }

  private RawManifest index(RawManifest amd, RawManifest arm) throws IOException {
    var platform = ",\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}";
    var text =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s,%s]}"
            .formatted(
                MediaType.OCI_INDEX.text(),
                json(amd.descriptor(), platform.formatted("amd64")),
                json(arm.descriptor(), platform.formatted("arm64")));
    var index = new RawManifest(MediaType.OCI_INDEX.text(), bytes(text));
    source.putManifest(TAG, index);
    return index;
  }

  private ImageTransfer transfer(BlobSource from, TransferListener listener) throws IOException {
    return new ImageTransfer(from, LayoutSink.open(directory.resolve("layout")), listener);
  }

  private LayoutSource copied() throws IOException {
    return LayoutSource.directory(directory.resolve("layout"));
  }

  @Test
  void anImageIsCopiedByteForByte() throws Exception {
    var image = image("amd", MediaType.OCI_LAYER);
    source.putManifest(TAG, image);
    var seen = new Seen();
    var descriptor = transfer(source, seen).copy(TAG, new ByTag("other"), Optional.empty());
    assertEquals(image.descriptor(), descriptor);
    assertArrayEquals(image.content(), copied().manifest(new ByTag("other")).content());
    assertEquals(3, seen.planned);
    assertEquals(3, seen.sent.size());
    assertTrue(seen.sent.values().stream().allMatch(sent -> sent));
    assertEquals(
        Long.valueOf(bytes("shared").length), seen.positions.get(Digest.of(bytes("shared"))));
  }

  @Test
  void whatIsThereIsNotReadAgain() throws Exception {
    source.putManifest(TAG, image("amd", MediaType.OCI_LAYER));
    transfer(source, TransferListener.NONE).copy(TAG, TAG, Optional.empty());
    var seen = new Seen();
    transfer(source, seen).copy(TAG, new ByTag("again"), Optional.empty());
    assertFalse(seen.sent.containsValue(true));
    assertEquals(3, seen.sent.size());
  }

  @Test
  void oneImageOfAnIndexIsCopied() throws Exception {
    var arm = image("arm", MediaType.OCI_LAYER);
    index(image("amd", MediaType.OCI_LAYER), arm);
    var copied =
        transfer(source, TransferListener.NONE)
            .copy(TAG, TAG, Optional.of(Platform.linux("arm64")));
    assertEquals(arm.descriptor().digest(), copied.digest());
    assertEquals(1, copied().list().size());
  }

  @Test
  void aPlatformThatIsMissingIsNamed() throws Exception {
    index(image("amd", MediaType.OCI_LAYER), image("arm", MediaType.OCI_LAYER));
    var thrown =
        assertThrows(
            ImageException.class,
            () ->
                transfer(source, TransferListener.NONE)
                    .copy(TAG, TAG, Optional.of(Platform.linux("s390x"))));
    assertEquals(ImageFault.NO_PLATFORM, thrown.fault());
  }

  @Test
  void allImagesOfAnIndexAreCopied() throws Exception {
    var arm = image("arm", MediaType.OCI_LAYER);
    var index = index(image("amd", MediaType.OCI_LAYER), arm);
    transfer(source, TransferListener.NONE).copy(TAG, TAG, Optional.empty());
    assertArrayEquals(index.content(), copied().manifest(TAG).content());
    assertArrayEquals(
        arm.content(), copied().manifest(new ByDigest(arm.descriptor().digest())).content());
  }

  @Test
  void aLayerThatMustNotBeCopiedIsNot() throws Exception {
    source.putManifest(TAG, image("foreign", MediaType.OCI_FOREIGN));
    var thrown =
        assertThrows(
            ImageException.class,
            () -> transfer(source, TransferListener.NONE).copy(TAG, TAG, Optional.empty()));
    assertEquals(ImageFault.UNSUPPORTED, thrown.fault());
  }

  @Test
  void anImageWithABlobMissingGetsNoTag() throws Exception {
    source.putManifest(TAG, image("amd", MediaType.OCI_LAYER));
    var failing = new Opening(source, blob -> blob.size() == "shared".length());
    var thrown =
        assertThrows(
            IOException.class,
            () -> transfer(failing, TransferListener.NONE).copy(TAG, TAG, Optional.empty()));
    assertEquals("the blob is missing", thrown.getMessage());
    assertEquals(List.of(), copied().list());
  }

  @Test
  void anInterruptedTransferEndsAndLeavesNoTag() throws Exception {
    source.putManifest(TAG, image("amd", MediaType.OCI_LAYER));
    var waiting = new Opening(source, blob -> false);
    var thrown = new AtomicReference<Throwable>();
    var copying =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    transfer(waiting, TransferListener.NONE).copy(TAG, TAG, Optional.empty());
                  } catch (Throwable e) {
                    thrown.set(e);
                  }
                });
    assertTrue(waiting.reached.await(20, TimeUnit.SECONDS));
    copying.interrupt();
    copying.join(20_000);
    assertEquals(InterruptedIOException.class, thrown.get().getClass());
    assertEquals(List.of(), copied().list());
  }

  /// A source whose blobs are missing, or are waited for until the thread is interrupted.
  private static final class Opening implements BlobSource {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final BlobSource inner;
    private final Predicate<Descriptor> missing;

    Opening(BlobSource inner, Predicate<Descriptor> missing) {
      this.inner = inner;
      this.missing = missing;
    }

    @Override
    public VerifiedStream open(Descriptor blob) throws IOException {
      if (missing.test(blob)) {
        throw new IOException("the blob is missing");
      }
      reached.countDown();
      try {
        TimeUnit.SECONDS.sleep(30);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
      throw new IOException("nobody interrupted this thread");
    }

    @Override
    public RawManifest manifest(ManifestReference reference) throws IOException {
      return inner.manifest(reference);
    }

    @Override
    public String place() {
      return inner.place();
    }

    @Override
    public void close() {}
  }

  /// Keeps what a listener is told.
  private static final class Seen implements TransferListener {
    private final Map<Digest, Boolean> sent = new ConcurrentHashMap<>();
    private final Map<Digest, Long> positions = new ConcurrentHashMap<>();
    private volatile int planned;

    @Override
    public void planned(Collection<Descriptor> blobs) {
      planned = blobs.size();
    }

    @Override
    public void at(Descriptor blob, long position) {
      positions.put(blob.digest(), position);
    }

    @Override
    public void done(Descriptor blob, boolean wasSent) {
      sent.put(blob.digest(), wasSent);
    }
  }
}
