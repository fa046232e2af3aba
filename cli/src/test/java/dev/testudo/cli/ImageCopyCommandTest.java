package dev.testudo.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.image.layout.LayoutSink;
import dev.testudo.image.oci.Descriptor;
import dev.testudo.image.oci.Digest;
import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.image.oci.MediaType;
import dev.testudo.image.oci.RawManifest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The command `testudo image copy` between layouts, archives and Debian's registry.
@Timeout(60)
class ImageCopyCommandTest {
  @TempDir private Path work;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Printed out = new Printed("");
  private Digest digest = Digest.of(new byte[0]);

  /// Stores an image in the layout `from` under the tag `v1`.
  @BeforeEach
  void image() throws IOException {
    var sink = LayoutSink.open(work.resolve("from"));
    var layer = put(sink, MediaType.OCI_LAYER, "a layer");
    var config =
        put(
            sink,
            MediaType.OCI_CONFIG,
            """
            {"architecture":"amd64","os":"linux",\
            "rootfs":{"type":"layers","diff_ids":["%s"]}}"""
                .formatted(layer.digest()));
    var text =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(MediaType.OCI_MANIFEST.text(), json(config), json(layer));
    var manifest = new RawManifest(MediaType.OCI_MANIFEST.text(), text.getBytes(UTF_8));
    sink.putManifest(new ByTag("v1"), manifest);
    digest = manifest.descriptor().digest();
  }

  private static Descriptor put(LayoutSink sink, MediaType type, String content)
      throws IOException {
    var bytes = content.getBytes(UTF_8);
    var blob = Descriptor.of(type, bytes);
    sink.put(blob, () -> new ByteArrayInputStream(bytes));
    return blob;
  }

  private static String json(Descriptor one) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(one.mediaType(), one.digest(), one.size());
  }

  private int copy(String... words) {
    var written = new ByteArrayOutputStream();
    var all = new ArrayList<>(List.of("image", "copy"));
    all.addAll(List.of(words));
    var code = Cli.run(all.toArray(String[]::new), CliTest.context(written, err, work));
    out = new Printed(written.toString(UTF_8));
    return code;
  }

  private String from() {
    return "oci:" + work.resolve("from");
  }

  @Test
  void anImageGoesThroughAnArchiveUnchanged() throws Exception {
    var archive = "oci-archive:" + work.resolve("image.tar");
    assertEquals(0, copy(from(), archive));
    out.hasLine("%s %s".formatted(archive, digest));
    assertEquals(0, copy("--json", archive, "oci:%s:v2".formatted(work.resolve("to"))));
    assertEquals(digest.toString(), out.json().text("digest"));
    new Printed(err.toString(UTF_8))
        .hasLine("copied %s, 7 bytes (1 of 2)".formatted(Digest.of("a layer".getBytes(UTF_8))));
  }

  @Test
  void anImageGoesThroughARegistryUnchanged() throws Exception {
    try (var registry = new Registry(work)) {
      var there = registry.name() + "/team/app:v3";
      assertEquals(0, copy("-q", from(), there));
      assertEquals("", err.toString(UTF_8));
      out.hasLine("%s %s".formatted(there, digest));
      assertEquals(0, copy(there, registry.name() + "/other/app:v3"));
      assertEquals(0, copy(registry.name() + "/other/app:v3", "oci:" + work.resolve("back")));
      out.hasLine("oci:%s %s".formatted(work.resolve("back"), digest));
    }
  }

  @Test
  void mistakesHaveTheirOwnExitCodes() throws Exception {
    assertEquals(2, copy("oci:", "oci:" + work.resolve("to")));
    assertEquals(2, copy(from(), "example/app@" + digest));
    assertEquals(2, copy("--arch=amd64", "--all", from(), "oci:" + work.resolve("to")));
    assertEquals(1, copy(from() + ":none", "oci:" + work.resolve("to")));
    assertEquals(1, copy("oci:" + work.resolve("nothing"), "oci:" + work.resolve("to")));
    assertEquals(3, copy(from(), "oci-archive:" + work.resolve("from/oci-layout/x")));
  }

  @Test
  void aRegistryThatForbidsItIsARefusal() throws Exception {
    try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> forbid(server));
      assertEquals(
          4, copy("127.0.0.1:%d/a".formatted(server.getLocalPort()), "oci:" + work.resolve("to")));
    }
  }

  private static void forbid(ServerSocket server) {
    try {
      while (true) {
        try (var socket = server.accept()) {
          socket
              .getOutputStream()
              .write(
                  "HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                      .getBytes(UTF_8));
          socket.shutdownOutput();
          socket.getInputStream().readAllBytes();
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  /// Debian's registry on a free port.
  private static final class Registry implements AutoCloseable {
    private final Process process;
    private final int port;

    Registry(Path work) throws Exception {
      try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      }
      var file = work.resolve("registry.yml");
      Files.writeString(
          file,
          """
          version: 0.1
          log: {level: error, accesslog: {disabled: true}}
          storage: {filesystem: {rootdirectory: "%s"}}
          http: {addr: "127.0.0.1:%d"}
          """
              .formatted(work.resolve("storage"), port));
      process =
          new ProcessBuilder("docker-registry", "serve", file.toString())
              .redirectErrorStream(true)
              .redirectOutput(work.resolve("registry.log").toFile())
              .start();
      awaitListening();
    }

    private void awaitListening() throws Exception {
      var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (System.nanoTime() < until && process.isAlive()) {
        try (var socket = new Socket()) {
          socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
          return;
        } catch (IOException e) {
          Thread.sleep(20);
        }
      }
      close();
      throw new IllegalStateException("docker-registry does not listen");
    }

    String name() {
      return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
      process.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
  }
}
