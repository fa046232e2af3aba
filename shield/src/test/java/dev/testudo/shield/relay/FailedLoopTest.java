package dev.testudo.shield.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.linux.sys.SocketAddress.Inet4;
import dev.testudo.shield.Ports;
import dev.testudo.shield.rule.Alpn;
import dev.testudo.shield.rule.ClientTls;
import dev.testudo.shield.rule.ExpectedServer;
import dev.testudo.shield.rule.PeerTrust;
import dev.testudo.shield.tls.TlsLibrary;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A bug that ends an event loop does not go unnoticed.
@Timeout(200)
class FailedLoopTest {
  private static final ClientTls TLS =
      new ClientTls(
          "CLIENT_1",
          Alpn.tcp(1, List.of()),
          Optional.empty(),
          new ExpectedServer("test", new PeerTrust.Anyone()));

  private final Optional<Thread.UncaughtExceptionHandler> before =
      Optional.ofNullable(Thread.getDefaultUncaughtExceptionHandler());

  @AfterEach
  void restore() {
    Thread.setDefaultUncaughtExceptionHandler(before.orElse(null));
  }

  @Test
  void aLoopThatABugHasEndedIsHeardOfAndGetsNothingMore() throws Exception {
    var heard = new CompletableFuture<Throwable>();
    Thread.setDefaultUncaughtExceptionHandler((_, bug) -> heard.complete(bug));
    var clock = InstantSource.system();
    var engines = TlsLibrary.JSSE.engines(clock);
    try (var relays = new Relays(_ -> {}, RelayLimits.DEFAULT, engines, clock)) {
      dial(
          relays,
          () -> {
            throw new AssertionError("a bug");
          });
      assertEquals("a bug", heard.get(60, TimeUnit.SECONDS).getMessage());
      var told = new CountDownLatch(20);
      for (long i = told.getCount(); i > 0; i--) {
        dial(relays, told::countDown);
      }
      assertTrue(told.await(60, TimeUnit.SECONDS), () -> told.getCount() + " were not told");
    }
  }

  /// Connects to a port at which nothing listens.
  private static void dial(Relays relays, Runnable failed) {
    var nowhere = new Inet4((Inet4Address) InetAddress.ofLiteral("127.0.0.1"), Ports.unused());
    relays.connect(
        Shields.socket(Optional.empty(), nowhere),
        nowhere,
        TLS,
        new DialCallback() {
          @Override
          public void authenticated(Established peer) {
            throw new IllegalStateException("nobody listens");
          }

          @Override
          public void failed(int errno, String reason) {
            failed.run();
          }
        });
  }
}
