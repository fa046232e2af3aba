package dev.testudo.cas.http;

import dev.testudo.cas.console.ConsoleAccess;
import dev.testudo.cas.console.ConsoleView;
import dev.testudo.policy.address.AddressText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// The listener of the console: plain HTTP at a loopback address, for a few connections. It shares
/// nothing with the server that callers use, so it takes nothing from them.
public final class ConsoleFront implements AutoCloseable {
  private static final int THREADS = 8;
  private static final int MOST_CONNECTIONS = 16;
  private static final int HEADER_BYTES = 8 << 10;
  private static final Duration IDLE = Duration.ofSeconds(20);
  private static final Duration STOP = Duration.ofSeconds(1);

  private final Server server;

  private ConsoleFront(Server server) {
    this.server = server;
  }

  /// Starts to show `view` at `address` to those whom `access` admits.
  public static ConsoleFront start(
      InetSocketAddress address, ConsoleView view, ConsoleAccess access) throws IOException {
    var threads = new QueuedThreadPool(THREADS);
    threads.setName("cas-console");
    var server = new Server(threads);
    var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http()));
    connector.setHost(address.getAddress().getHostAddress());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(IDLE.toMillis());
    connector.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, connector));
    server.addConnector(connector);
    server.setStopTimeout(STOP.toMillis());
    var handler = new ConsoleHandler(view, access);
    server.setErrorHandler(handler::refuse);
    server.setHandler(handler);
    try {
      server.start();
    } catch (Exception e) {
      throw HttpFront.cannotListen("the console of CAS", address, e);
    }
    var front = new ConsoleFront(server);
    try {
      var port = connector.getLocalPort();
      var host = AddressText.host(address.getAddress()) + ":" + port;
      handler.serve(Set.of(host, "localhost:" + port));
      access.open("http://" + host);
    } catch (IOException | RuntimeException e) {
      front.close();
      throw e;
    }
    return front;
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
