package dev.testudo.image.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.image.oci.ManifestReference.ByTag;
import dev.testudo.trust.http.Proxies;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Registries behind a proxy.
class ProxyTest {
  @TempDir private Path directory;

  /// A proxy that connects every name to one port of this machine (RFC 9110, CONNECT).
  private static final class Tunnel implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final int port;

    Tunnel(int port) throws IOException {
      this.port = port;
      Thread.ofPlatform().daemon().name("tunnel").start(this::accept);
    }

    String url() {
      return "http://127.0.0.1:" + listener.getLocalPort();
    }

    private void accept() {
      while (true) {
        try {
          var client = listener.accept();
          Thread.ofPlatform().daemon().name("tunnel-connection").start(() -> serve(client));
        } catch (IOException e) {
          return; // closed
        }
      }
    }

    private void serve(Socket client) {
      try (client;
          var server = new Socket(InetAddress.getLoopbackAddress(), port)) {
        asked.add(head(client).lines().findFirst().orElse(""));
        client
            .getOutputStream()
            .write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        var back =
            Thread.ofPlatform().daemon().name("tunnel-back").start(() -> copy(server, client));
        copy(client, server);
        back.join();
      } catch (IOException | InterruptedException e) {
        // the test sees a connection that ends
      }
    }

    private static String head(Socket client) throws IOException {
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        var next = client.getInputStream().read();
        if (next < 0) {
          throw new IOException("the head of the request is cut");
        }
        head.append((char) next);
      }
      return head.toString();
    }

    private static void copy(Socket from, Socket to) {
      try {
        from.getInputStream().transferTo(to.getOutputStream());
        to.shutdownOutput();
      } catch (IOException e) {
        // the other direction ends, too
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }

  private RegistrySettings settings(Map<String, String> environment) {
    var plain = RegistryFixture.settings(directory);
    return new RegistrySettings(
        plain.credentials(),
        plain.link().through(Proxies.of(environment)),
        plain.retries(),
        plain.chunk(),
        plain.spool());
  }

  private String manifest(String registry, RegistrySettings settings) throws IOException {
    try (var client = new RegistryClient(settings);
        var repository = client.repository(RegistryFixture.image(registry, "team/app"))) {
      return repository.manifest(new ByTag("v1")).descriptor().digest().toString();
    }
  }

  @Test
  void aRegistryIsReachedThroughTheProxyOfTheUser() throws Exception {
    var certificate = SelfSigned.ofServer(directory, "DNS:registry.invalid,IP:127.0.0.1");
    try (var registry = RegistryProcess.start(directory, certificate.tls(), "");
        var tunnel = new Tunnel(registry.port())) {
      for (var name : List.of(registry.name(), "registry.invalid")) {
        certificate.trust(directory, name);
      }
      String pushed;
      try (var client = new RegistryClient(settings(Map.of("HTTPS_PROXY", tunnel.url())));
          var repository = client.repository(RegistryFixture.image(registry.name(), "team/app"))) {
        pushed =
            RegistryFixture.pushImage(repository, RegistryFixture.bytes(1, 1000))
                .descriptor()
                .digest()
                .toString();
      }
      assertEquals(List.of(), tunnel.asked, "this machine is reached without the proxy");

      var proxied = settings(Map.of("https_proxy", tunnel.url()));
      assertEquals(pushed, manifest("registry.invalid", proxied));
      assertFalse(tunnel.asked.isEmpty());
      assertTrue(
          tunnel.asked.stream().allMatch("CONNECT registry.invalid:443 HTTP/1.1"::equals),
          tunnel.asked::toString);

      var direct = Map.of("https_proxy", tunnel.url(), "no_proxy", "x.example, .invalid:443");
      var count = tunnel.asked.size();
      assertThrows(IOException.class, () -> manifest("registry.invalid", settings(direct)));
      assertEquals(count, tunnel.asked.size());
    }
  }

  @Test
  void aProxyThatCannotBeUsedIsRefusedWithoutShowingItsPassword() {
    for (var proxy :
        List.of("http://me:tell-nobody@127.0.0.1:1", "socks5://127.0.0.1:1", "http://", "a b")) {
      var refused =
          assertThrows(
              IOException.class,
              () -> manifest("registry.invalid", settings(Map.of("https_proxy", proxy))),
              proxy);
      var message = String.valueOf(refused.getMessage());
      assertTrue(message.contains("the variable `https_proxy` "), message);
      assertFalse(message.contains("tell-nobody"), message);
    }
  }
}
