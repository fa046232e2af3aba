package dev.testudo.cas.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.cas.Eventually;
import dev.testudo.cas.admission.Admission;
import dev.testudo.cas.admission.Callers;
import dev.testudo.cas.health.Health;
import dev.testudo.cas.tls.HttpsEngines;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What an engine holds outside the heap is freed once, whatever becomes of its connection.
@Timeout(120)
class EnginesAreReleasedTest {
  private final Identity identity = Identity.ephemeral("cas.example");
  private Counting engines;
  private Admission admission;
  private HttpFront front;

  /// Counts how often each engine is released.
  private static final class Counting implements HttpsEngines {
    private final HttpsEngines real;
    private final IdentityHashMap<SSLEngine, Integer> releases = new IdentityHashMap<>();

    Counting(HttpsEngines real) {
      this.real = real;
    }

    @Override
    public synchronized SSLEngine engine() {
      var engine = real.engine();
      releases.put(engine, 0);
      return engine;
    }

    @Override
    public synchronized void release(SSLEngine engine) {
      releases.merge(engine, 1, Integer::sum);
      real.release(engine);
    }

    @Override
    public void close() {
      real.close();
    }

    /// Returns how many engines were released how often.
    synchronized Map<Integer, Integer> counts() {
      var counts = new HashMap<Integer, Integer>();
      releases.values().forEach(count -> counts.merge(count, 1, Integer::sum));
      return counts;
    }
  }

  @BeforeEach
  void start() throws IOException {
    engines = new Counting(HttpsEngines.of(identity));
    var callers = new Callers(Set.of(), System::nanoTime);
    admission = new Admission(callers, System::nanoTime);
    var routes = new Routes(noServices(), new Health(), admission, callers, "1");
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    front = HttpFront.start(address, engines, routes, admission);
  }

  /// The requests of this test need none.
  @SuppressWarnings("NullAway")
  private static CasServices noServices() {
    return new CasServices(
        new CasServices.OfSessions(null, null, null, null, null, null),
        null,
        new CasServices.OfInstances(null, null, null, Optional.empty()),
        null,
        null,
        null);
  }

  @AfterEach
  void stop() throws IOException {
    front.close();
    admission.close();
    engines.close();
  }

  private Socket connected() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), front.port());
  }

  private static byte[] hello() throws IOException {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, null, null);
      var engine = context.createSSLEngine();
      engine.setUseClientMode(true);
      var hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
      engine.wrap(ByteBuffer.allocate(0), hello);
      return Arrays.copyOf(hello.array(), hello.position());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private void awaitCounts(Map<Integer, Integer> wanted) throws InterruptedException {
    Eventually.holds(() -> engines.counts().equals(wanted), () -> engines.counts().toString());
  }

  @Test
  void afterEachEndOfAHandshake() throws IOException, InterruptedException {
    var hello = hello();
    for (var sent :
        List.of(
            new byte[0],
            Arrays.copyOf(hello, hello.length / 2),
            hello,
            "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII))) {
      try (var client = connected()) {
        client.getOutputStream().write(sent);
      }
      // Reset instead of closed.
      try (var client = connected()) {
        client.setSoLinger(true, 0);
        client.getOutputStream().write(sent);
      }
    }
    awaitCounts(Map.of(1, 8));
  }

  @Test
  void afterRequestsAndWhenTheServerStops() throws IOException, InterruptedException {
    var address = new CasAddress("127.0.0.1", front.port());
    try (var client = new CasClient(address, identity.keyHash(), Identity.ephemeral("me"));
        var silent = connected();
        var halfway = connected()) {
      halfway.getOutputStream().write(hello());
      assertTrue(halfway.getInputStream().read() >= 0);
      assertEquals("1", client.version());
      awaitCounts(Map.of(0, 3));
      front.close();
      awaitCounts(Map.of(1, 3));
      assertEquals(-1, silent.getInputStream().read());
    }
  }
}
