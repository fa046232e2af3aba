package dev.testudo.shield.relay;

import dev.testudo.shield.rule.Alpn;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ExpectedServer;
import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.shield.rule.ServerTls;
import dev.testudo.shield.tls.TlsEngine;
import dev.testudo.shield.tls.TlsEngines;
import dev.testudo.shield.tls.TlsFailure;
import dev.testudo.trust.pki.CertificateAuthority;
import dev.testudo.trust.pki.CertificateProfile.EndEntity;
import dev.testudo.trust.pki.KeyAlgorithm;
import dev.testudo.trust.pki.Validity;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Performs handshakes in memory when a relay starts, because the first handshakes of a JVM take
/// ten times as long as later ones. It runs in the background for a limited time. If it fails, it
/// only logs that: the first connection is then slow, and reports what is wrong.
final class WarmUp implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(WarmUp.class.getName());
  private static final Duration TIME = Duration.ofSeconds(2);
  private static final int ROUNDS = 40;
  private static final int RECORDS = 64;

  private final TlsEngines engines;
  private final Thread thread;
  private volatile boolean stopping;

  private WarmUp(TlsEngines engines) {
    this.engines = engines;
    thread = Thread.ofPlatform().name("shield-warm-up").daemon().unstarted(this::run);
  }

  static WarmUp start(TlsEngines engines) {
    var warmUp = new WarmUp(engines);
    warmUp.thread.start();
    return warmUp;
  }

  private void run() {
    try {
      long until = System.nanoTime() + TIME.toNanos();
      var random = new SecureRandom();
      var validity = Validity.lasting(Duration.ofHours(1), Instant.now());
      var authority =
          CertificateAuthority.generate("warm-up", KeyAlgorithm.P_256, validity, random);
      var trust = new PeerTrust.IssuedBy(List.of(authority.identity().certificate()));
      var alpn = Alpn.tcp(1, List.of());
      var names = new EndEntity("warm-up", EndEntity.server("warm-up").names(), Optional.empty());
      var me = authority.issue(names, KeyAlgorithm.P_256, validity);
      var server = new ServerTls("warm-up", alpn, me, trust);
      var client =
          new ClientTls("warm-up", alpn, Optional.of(me), new ExpectedServer("warm-up", trust));
      for (int i = 0; i < ROUNDS && !stopping && System.nanoTime() < until; i++) {
        round(server, client);
      }
    } catch (TlsFailure | RuntimeException e) {
      LOG.log(Level.WARNING, "TLS warm-up failed; the first connections will be slow", e);
    }
  }

  private void round(ServerTls serverTls, ClientTls clientTls) throws TlsFailure {
    try (var server = engines.server(serverTls);
        var client = engines.client(clientTls)) {
      var buffers = new Wires(engines);
      while (server.need() != TlsEngine.Need.NOTHING || client.need() != TlsEngine.Need.NOTHING) {
        advance(client, buffers.toClient, buffers.toServer, buffers.plain);
        advance(server, buffers.toServer, buffers.toClient, buffers.plain);
      }
      settle(client, buffers.toClient, buffers.plain);
      settle(server, buffers.toServer, buffers.plain);
      for (int i = 0; i < RECORDS; i++) {
        carry(client, server, buffers.toServer, buffers.plain);
        carry(server, client, buffers.toClient, buffers.plain);
      }
    }
  }

  /// The buffers between the two ends, ready for writing.
  private static final class Wires {
    final ByteBuffer toServer;
    final ByteBuffer toClient;
    final ByteBuffer plain;

    Wires(TlsEngines engines) {
      toServer = engines.buffer(Buffers.CAPACITY);
      toClient = engines.buffer(Buffers.CAPACITY);
      plain = engines.buffer(Buffers.CAPACITY);
    }
  }

  private static void advance(TlsEngine end, ByteBuffer in, ByteBuffer out, ByteBuffer plain)
      throws TlsFailure {
    switch (end.need()) {
      case OUTPUT -> end.wrap(plain.clear().limit(0), out);
      case STEP, TASK -> end.runTask();
      case INPUT -> {
        end.unwrap(in.flip(), plain.clear());
        in.compact();
      }
      case NOTHING -> {}
    }
  }

  /// Processes what the handshake left in `in`.
  private static void settle(TlsEngine end, ByteBuffer in, ByteBuffer plain) throws TlsFailure {
    end.unwrap(in.flip(), plain.clear());
    in.compact();
  }

  private static void carry(TlsEngine from, TlsEngine to, ByteBuffer wire, ByteBuffer plain)
      throws TlsFailure {
    from.wrap(plain.clear().limit(Buffers.SMALL_PORTION), wire.clear());
    to.unwrap(wire.flip(), plain.clear());
    wire.clear();
  }

  @Override
  public void close() {
    stopping = true;
  }
}
