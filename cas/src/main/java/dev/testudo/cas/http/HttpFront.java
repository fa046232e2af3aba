package dev.testudo.cas.http;

import dev.testudo.cas.admission.Admission;
import dev.testudo.cas.admission.Limit;
import dev.testudo.cas.tls.HttpsEngines;
import dev.testudo.policy.address.AddressText;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// The HTTPS server: TLS 1.3 and HTTP/1.1, with limits on everything that a client can make large,
/// numerous or slow. Requests wait on virtual threads; [Admission] runs their work.
public final class HttpFront implements AutoCloseable {
  private static final int HEADER_BYTES = 16 << 10;
  private static final int BACKLOG = 1024;
  private static final Duration STOP = Duration.ofSeconds(5);

  /// The number of the server's own threads. They only move bytes; requests run on virtual threads.
  private static final int THREADS = 16;

  private final Server server;
  private final ServerConnector connector;

  private final Connections connections;

  private HttpFront(Server server, ServerConnector connector, Connections connections) {
    this.connections = connections;
    this.server = server;
    this.connector = connector;
  }

  /// Starts to serve `routes` at `address` with the engines of `tls`.
  public static HttpFront start(
      InetSocketAddress address, HttpsEngines tls, Routes routes, Admission admission)
      throws IOException {
    var connections = new Connections(tls, admission.handshakes(), System::nanoTime);
    var threads = new QueuedThreadPool(THREADS);
    threads.setName("cas-http");
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    var server = new Server(threads);
    var connector =
        new ServerConnector(
            server, 1, 1, connections.factory(factory(tls)), new HttpConnectionFactory(http()));
    connector.setHost(address.getAddress().getHostAddress());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(Limit.IDLE_SECONDS.seconds().toMillis());
    connector.setAcceptQueueSize(BACKLOG);
    connector.addBean(connections);
    server.addConnector(connector);
    server.setStopTimeout(STOP.toMillis());
    var handler = new RequestHandler(routes, admission, connections);
    server.setErrorHandler(handler::refuse);
    server.setHandler(handler);
    try {
      server.start();
    } catch (Exception e) {
      throw cannotListen("CAS", address, e);
    }
    return new HttpFront(server, connector, connections);
  }

  /// Returns a failure with the reason of the system. Jetty's own message repeats the address.
  static IOException cannotListen(String who, InetSocketAddress address, Exception failure) {
    var reason = failure.getCause() instanceof BindException cause ? cause : failure;
    return new IOException(
        "%s cannot listen at %s:%d: %s"
            .formatted(
                who,
                AddressText.host(address.getAddress()),
                address.getPort(),
                reason.getMessage()),
        failure);
  }

  /// Returns what takes the server's engines from `tls`.
  private static SslContextFactory.Server factory(HttpsEngines tls) {
    var factory =
        new SslContextFactory.Server() {
          @Override
          public SSLEngine newSSLEngine(InetSocketAddress address) {
            return tls.engine();
          }
        };
    factory.setEndpointIdentificationAlgorithm(null);
    return factory;
  }

  private static HttpConfiguration http() {
    var http = new HttpConfiguration();
    // The host name that a client uses is not checked: clients know CAS by its key.
    http.addCustomizer(new SecureRequestCustomizer(false));
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    http.setResponseHeaderSize(HEADER_BYTES);
    http.setIdleTimeout(Limit.IDLE_SECONDS.seconds().toMillis());
    http.setHttpCompliance(HttpCompliance.RFC9110);
    // `/v1/sessions//` is the root session. Paths are compared literally, so an empty segment
    // anywhere else leads to an unknown path.
    http.setUriCompliance(
        UriCompliance.RFC3986.with("CAS", UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT));
    return http;
  }

  /// Returns the port that the server listens at.
  public int port() {
    return connector.getLocalPort();
  }

  /// Stops listening and waits at most five seconds for requests under way.
  @Override
  public void close() throws IOException {
    connections.close();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException("the web server did not stop: " + e.getMessage(), e);
    }
  }
}
