package dev.testudo.operator.install;

import dev.testudo.operator.policy.CasClients;
import dev.testudo.trust.channel.CasAddress;
import dev.testudo.trust.channel.CasClient;
import dev.testudo.trust.channel.ChannelTls;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/// Asks a CAS who it is.
final class CasProbe {
  private static final int WAIT_MILLIS = 5000;

  private final CasClients clients;
  private final Identity me = Identity.ephemeral("operator.testudo.internal");

  CasProbe(CasClients clients) {
    this.clients = clients;
  }

  /// Returns the key of whoever answers at `address`. It proves to have the key, but not that it is
  /// the CAS that somebody means.
  KeyHash key(CasAddress address) throws IOException {
    var factory = ChannelTls.server(me).getSocketFactory();
    try (var plain = new Socket()) {
      // Whoever sends one byte after the other keeps no read waiting, but is cut off.
      CompletableFuture.delayedExecutor(WAIT_MILLIS, TimeUnit.MILLISECONDS)
          .execute(() -> close(plain));
      plain.connect(new InetSocketAddress(address.host(), address.port()), WAIT_MILLIS);
      try (var tls =
          (SSLSocket) factory.createSocket(plain, address.host(), address.port(), true)) {
        tls.setEnabledProtocols(new String[] {"TLSv1.3"});
        tls.startHandshake();
        return KeyHash.of((X509Certificate) tls.getSession().getPeerCertificates()[0]);
      }
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns the version that the CAS with a key says it has.
  String version(CasAddress address, KeyHash key) throws IOException {
    return clients.ask(address, key, CasClient::version);
  }
}
