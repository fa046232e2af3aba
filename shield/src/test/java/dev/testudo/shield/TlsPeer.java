package dev.testudo.shield;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.testudo.shield.tls.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/// A client with TLS but without a shield and a certificate of its own.
final class TlsPeer implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 120_000;

  private final SSLSocket socket;

  TlsPeer(TestAuthority trusted, int port) throws IOException, GeneralSecurityException {
    this(trusted, "127.0.0.1", port);
  }

  TlsPeer(TestAuthority trusted, String host, int port)
      throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("authority", trusted.authority().identity().certificate());
    var trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    var context = SSLContext.getInstance("TLSv1.3");
    context.init(null, trust.getTrustManagers(), null);
    var address = InetAddress.ofLiteral(host);
    socket = (SSLSocket) context.getSocketFactory().createSocket(address, port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.startHandshake();
  }

  /// Sends `text` to a program that echoes it.
  void echo(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    var back = socket.getInputStream().readNBytes(text.getBytes(UTF_8).length);
    assertEquals(text, new String(back, UTF_8));
  }

  /// Returns the next bytes from the program, as text.
  String hear(int length) throws IOException {
    return new String(socket.getInputStream().readNBytes(length), UTF_8);
  }

  /// Returns whether the next read returns no data: a reset, or the end that the program itself
  /// made because its shield has ended.
  boolean isCut() {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  X509Certificate server() throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  /// Closes the connection cleanly.
  void hangUp() throws IOException {
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
