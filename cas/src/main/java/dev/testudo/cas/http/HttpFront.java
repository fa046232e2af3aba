package dev.testudo.cas.http;

import dev.testudo.cas.refusal.RefusalId;
import dev.testudo.trust.channel.ChannelTls;
import dev.testudo.trust.pki.Identity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// The HTTPS server: TLS 1.3, HTTP/1.1, one virtual thread per request, limits on everything a
/// client can make large, many or slow.
public final class HttpFront implements AutoCloseable {
  private static final int MOST_CONNECTIONS = 1024;
  private static final int HEADER_BYTES = 16 << 10;
  private static final int LEAST_BYTES_PER_SECOND = 64;
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final Duration STOP = Duration.ofSeconds(5);

  /// Its own threads only move bytes; requests run on virtual ones.
  private static final int THREADS = 16;

  private final Server server;
  private final ServerConnector connector;

  private HttpFront(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /// Serves `routes` at `address` under `identity`.
  public static HttpFront start(InetSocketAddress address, Identity identity, Routes routes)
      throws IOException {
    var threads = new QueuedThreadPool(THREADS);
    threads.setName("cas-http");
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    var server = new Server(threads);
    var connector =
        new ServerConnector(
            server,
            1,
            1,
            new SslConnectionFactory(tls(identity), "http/1.1"),
            new HttpConnectionFactory(http()));
    connector.setHost(address.getAddress().getHostAddress());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(IDLE.toMillis());
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, connector));
    server.setStopTimeout(STOP.toMillis());
    server.setErrorHandler(
        (request, response, callback) -> {
          var status = Math.max(400, response.getStatus());
          var id = status < 500 ? RefusalId.MALFORMED_REQUEST : RefusalId.INTERNAL_ERROR;
          RequestHandler.refuse(response, callback, status, id);
          return true;
        });
    server.setHandler(new RequestHandler(routes));
    try {
      server.start();
    } catch (Exception e) {
      throw new IOException("CAS cannot listen at %s: %s".formatted(address, e.getMessage()), e);
    }
    return new HttpFront(server, connector);
  }

  private static SslContextFactory.Server tls(Identity identity) {
    var tls = new SslContextFactory.Server();
    tls.setSslContext(ChannelTls.server(identity));
    tls.setIncludeProtocols("TLSv1.3");
    tls.setWantClientAuth(true);
    tls.setEndpointIdentificationAlgorithm(null);
    return tls;
  }

  private static HttpConfiguration http() {
    var http = new HttpConfiguration();
    // The name a client uses is only a hint; CAS is known by its key.
    http.addCustomizer(new SecureRequestCustomizer(false));
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setResponseHeaderSize(HEADER_BYTES);
    http.setIdleTimeout(IDLE.toMillis());
    http.setMinRequestDataRate(LEAST_BYTES_PER_SECOND);
    http.setHttpCompliance(HttpCompliance.RFC9110);
    http.setUriCompliance(UriCompliance.RFC3986);
    return http;
  }

  /// The port it listens at.
  public int port() {
    return connector.getLocalPort();
  }

  /// Ends what is under way, for at most five seconds, and stops listening.
  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("the web server did not stop: " + e.getMessage(), e);
    }
  }
}
