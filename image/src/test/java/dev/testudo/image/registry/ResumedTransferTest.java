package dev.testudo.image.registry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Transfers whose connections are cut.
class ResumedTransferTest {
  private static final int CHUNK = RegistryFixture.CHUNK;

  /// What heads of requests and answers may add to the bytes of a blob.
  private static final int HEADS = 40_000;

  @TempDir static Path directory;

  private static RegistryProcess registry;

  @BeforeAll
  static void start() throws Exception {
    registry = RegistryProcess.start(directory);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static RegistryRepository repository(RegistryClient client, String name, String path) {
    return client.repository(RegistryFixture.image(name, path));
  }

  @Test
  void aPullContinuesWhereItWasCut() throws Exception {
    var content = RegistryFixture.bytes(1, 16 * CHUNK);
    try (var proxy = new CuttingProxy(registry.port());
        var client = new RegistryClient(RegistryFixture.settings(directory))) {
      RegistryFixture.put(repository(client, registry.name(), "pull"), content);
      proxy.cutAfterReceiving(10 * CHUNK);
      var pulled = RegistryFixture.pulled(repository(client, proxy.name(), "pull"), content);
      assertArrayEquals(content, pulled);
      assertFalse(proxy.isArmed());
      assertTrue(
          proxy.receivedFromRegistry() < content.length + 2 * CHUNK + HEADS,
          "received %d".formatted(proxy.receivedFromRegistry()));
    }
  }

  @Test
  void aPushContinuesAfterACutBetweenChunks() throws Exception {
    var content = RegistryFixture.bytes(2, 8 * CHUNK);
    try (var proxy = new CuttingProxy(registry.port());
        var client = new RegistryClient(RegistryFixture.settings(directory))) {
      var cut = new AtomicBoolean();
      var repository = repository(client, proxy.name(), "push/between");
      repository.put(
          RegistryFixture.layer(content),
          () -> new CutAt(new ByteArrayInputStream(content), 3 * CHUNK, cut, proxy));
      assertTrue(cut.get());
      assertArrayEquals(content, RegistryFixture.pulled(repository, content));
      assertTrue(
          proxy.sentToRegistry() < content.length + HEADS,
          "sent %d".formatted(proxy.sentToRegistry()));
    }
  }

  /// Debian's registry stores a part of the chunk, and then no longer knows the upload.
  @Test
  void aPushArrivesAfterACutInAChunkThoughTheRegistryForgetsTheUpload() throws Exception {
    var content = RegistryFixture.bytes(3, 8 * CHUNK);
    try (var proxy = new CuttingProxy(registry.port());
        var client = new RegistryClient(RegistryFixture.settings(directory))) {
      var repository = repository(client, proxy.name(), "push/within");
      proxy.cutAfterSending(3 * CHUNK + CHUNK / 2);
      RegistryFixture.put(repository, content);
      assertFalse(proxy.isArmed());
      assertArrayEquals(content, RegistryFixture.pulled(repository, content));
    }
  }

  /// A registry that follows the specification continues within a chunk.
  @Test
  void nothingIsSentTwiceToARegistryThatKeepsWhatItGot() throws Exception {
    var content = RegistryFixture.bytes(4, 4 * CHUNK);
    var keeping = new KeepingRegistry(CHUNK + 5000);
    try (var server = new ScriptedServer(keeping);
        var client = new RegistryClient(RegistryFixture.settings(directory))) {
      RegistryFixture.put(repository(client, server.name(), "a"), content);
      assertArrayEquals(content, keeping.stored.toByteArray());
      assertTrue(keeping.hasCut);
      assertEquals(1, server.count("POST", "/uploads/"));
    }
  }

  @Test
  void aPushThatIsInterruptedCancelsItsUploadAndCanBeRepeated() throws Exception {
    var content = RegistryFixture.bytes(5, 4 * CHUNK);
    try (var client = new RegistryClient(RegistryFixture.settings(directory))) {
      var repository = repository(client, registry.name(), "interrupted");
      var reached = new CountDownLatch(1);
      var thrown = new AtomicReference<Throwable>();
      var pushing =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      repository.put(
                          RegistryFixture.layer(content), () -> new Stuck(content, reached));
                    } catch (Throwable e) {
                      thrown.set(e);
                    }
                  });
      assertTrue(reached.await(20, TimeUnit.SECONDS));
      pushing.interrupt();
      pushing.join(20_000);
      assertEquals(InterruptedIOException.class, thrown.get().getClass());
      assertFalse(repository.has(RegistryFixture.layer(content)));
      RegistryFixture.put(repository, content);
      assertArrayEquals(content, RegistryFixture.pulled(repository, content));
    }
  }

  @Test
  void aPushWhoseSourceFailsReportsTheSource() throws Exception {
    var content = RegistryFixture.bytes(6, 10);
    try (var client = new RegistryClient(RegistryFixture.settings(directory))) {
      var repository = repository(client, registry.name(), "source");
      var thrown =
          assertThrows(
              IOException.class,
              () ->
                  repository.put(
                      RegistryFixture.layer(content),
                      () -> {
                        throw new IOException("the disk fails");
                      }));
      assertEquals("the disk fails", thrown.getMessage());
    }
  }

  /// Cuts the connections once, when the chunk that begins at a position is about to be read.
  private static final class CutAt extends FilterInputStream {
    private final long at;
    private final AtomicBoolean cut;
    private final CuttingProxy proxy;
    private long position;

    CutAt(InputStream in, long at, AtomicBoolean cut, CuttingProxy proxy) {
      super(in);
      this.at = at;
      this.cut = cut;
      this.proxy = proxy;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (position == at && cut.compareAndSet(false, true)) {
        proxy.cut();
      }
      var count = in.read(bytes, offset, length);
      position += Math.max(count, 0);
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      var skipped = in.skip(count);
      position += skipped;
      return skipped;
    }
  }

  /// Gives one chunk and then nothing, until it is closed.
  private static final class Stuck extends InputStream {
    private final InputStream in;
    private final CountDownLatch reached;
    private int left = CHUNK / 2;

    Stuck(byte[] content, CountDownLatch reached) {
      this.in = new ByteArrayInputStream(content);
      this.reached = reached;
    }

    @Override
    public int read() throws IOException {
      throw new AssertionError();
    }

    @Override
    public long skip(long count) {
      return count;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return wait(reached);
      }
      var n = in.read(bytes, offset, Math.min(length, left / 2 + 1));
      left -= n;
      return n;
    }

    private static int wait(CountDownLatch reached) throws IOException {
      reached.countDown();
      try {
        Thread.sleep(5000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("the source is closed");
    }
  }

  /// A registry that keeps every byte that it gets. It cuts one upload in the middle of a chunk.
  private static final class KeepingRegistry implements ScriptedServer.Script {
    private final ByteArrayOutputStream stored = new ByteArrayOutputStream();
    private final int cutAt;
    private boolean hasCut;
    private boolean complete;

    KeepingRegistry(int cutAt) {
      this.cutAt = cutAt;
    }

    @Override
    public synchronized void answer(ScriptedServer.Request request, OutputStream out)
        throws IOException {
      switch (request.method()) {
        case "HEAD" -> ScriptedServer.respond(out, complete ? 200 : 404);
        case "POST" -> accepted(out, 202);
        case "GET" -> accepted(out, 204);
        case "PATCH" -> patch(request, out);
        default -> {
          complete = true;
          ScriptedServer.respond(out, 201);
        }
      }
    }

    private void patch(ScriptedServer.Request request, OutputStream out) throws IOException {
      var start = Long.parseLong(request.header("content-range").replaceFirst("-.*", ""));
      if (start != stored.size()) {
        ScriptedServer.respond(out, 416);
        return;
      }
      var length = request.length();
      if (!hasCut && start + length > cutAt) {
        hasCut = true;
        stored.write(request.body().readNBytes((int) (cutAt - start)));
        throw new IOException("cut");
      }
      stored.write(request.body().readNBytes((int) length));
      accepted(out, 202);
    }

    private void accepted(OutputStream out, int status) throws IOException {
      ScriptedServer.respond(
          out,
          status,
          Map.of("Location", "/v2/a/blobs/uploads/1", "Range", "0-" + (stored.size() - 1)),
          new byte[0]);
    }
  }
}
