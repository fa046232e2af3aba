package dev.testudo.cas.http;

import dev.testudo.cas.console.ConsoleAccess;
import dev.testudo.cas.console.ConsoleView;
import dev.testudo.policy.address.AddressText;
import dev.testudo.trust.channel.ChannelTls;
import dev.testudo.trust.pki.Identity;
import dev.testudo.trust.pki.KeyHash;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// The listener of the console, for a few connections: plain HTTP at a loopback address, or TLS
/// for those who have one of certain keys. It shares nothing with the server that callers use, so
/// it takes nothing from them.
public final class ConsoleFront implements AutoCloseable {
  private static final int THREADS = 8;
  private static final int MOST_CONNECTIONS = 16;
  private static final int HEADER_BYTES = 8 << 10;
  private static final Duration IDLE = Duration.ofSeconds(20);
  private static final Duration STOP = Duration.ofSeconds(1);

  private final Server server;
  private final String address;

  private ConsoleFront(Server server, String address) {
    this.server = server;
    this.address = address;
  }

  /// Starts to show `view` at the loopback address `address` to those whom `access` admits.
  public static ConsoleFront start(
      InetSocketAddress address, ConsoleView view, ConsoleAccess access) throws IOException {
    var handler = ConsoleHandler.admitting(view, access);
    var front = start(address, handler, "http://", new HttpConnectionFactory(http()));
    try {
      access.open(front.address());
    } catch (IOException | RuntimeException e) {
      front.close();
      throw e;
    }
    return front;
  }

  /// Starts to show `view` at `address` over TLS to those who prove that they have one of the keys
  /// `clients`.
  public static ConsoleFront start(
      InetSocketAddress address, ConsoleView view, Identity identity, Set<KeyHash> clients)
      throws IOException {
    var handler = ConsoleHandler.behindTls(view);
    var http = http();
    // Names are not checked: who operates a CAS knows it by its key.
    http.addCustomizer(new SecureRequestCustomizer(false));
    var plain = new HttpConnectionFactory(http);
    var tls = new SslConnectionFactory(factory(identity, clients), plain.getProtocol());
    return start(address, handler, "https://", tls, plain);
  }

  private static SslContextFactory.Server factory(Identity identity, Set<KeyHash> clients) {
    var factory = new SslContextFactory.Server();
    factory.setSslContext(ChannelTls.server(identity, clients));
    factory.setNeedClientAuth(true);
    factory.setIncludeProtocols("TLSv1.3");
    factory.setEndpointIdentificationAlgorithm(null);
    return factory;
  }

  private static ConsoleFront start(
      InetSocketAddress address,
      ConsoleHandler handler,
      String scheme,
      ConnectionFactory... protocols)
      throws IOException {
    var threads = new QueuedThreadPool(THREADS);
    threads.setName("cas-console");
    var server = new Server(threads);
    var connector = new ServerConnector(server, 1, 1, protocols);
    connector.setHost(address.getAddress().getHostAddress());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(IDLE.toMillis());
    connector.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, connector));
    server.addConnector(connector);
    server.setStopTimeout(STOP.toMillis());
    server.setErrorHandler(handler::refuse);
    server.setHandler(handler);
    try {
      server.start();
    } catch (Exception e) {
      throw HttpFront.cannotListen("the console of CAS", address, e);
    }
    var port = connector.getLocalPort();
    var host = AddressText.host(address.getAddress()) + ":" + port;
    handler.serve(Set.of(host, "localhost:" + port));
    return new ConsoleFront(server, scheme + host);
  }

  /// Returns the address of the console, without a token.
  public String address() {
    return address;
  }

  private static HttpConfiguration http() {
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setIdleTimeout(IDLE.toMillis());
    http.setHttpCompliance(HttpCompliance.RFC9110);
    http.setUriCompliance(UriCompliance.RFC3986);
    return http;
  }

  /// Stops listening.
  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("the console did not stop: " + e.getMessage(), e);
    }
  }
}
