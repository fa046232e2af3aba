package dev.testudo.trust.fakes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.testudo.trust.collateral.service.ServiceLimits;
import dev.testudo.trust.collateral.service.ServiceSettings;
import dev.testudo.trust.collateral.service.TcbUpdate;
import dev.testudo.trust.http.Proxies;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

/// A service on loopback that gives prepared answers, good and bad ones.
public final class FakeService implements AutoCloseable {
  private final ServerSocket server;
  private final String scheme;
  private final Map<String, Queue<Answer>> answers = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private static final int BACKLOG = 50;

  /// Writes a whole answer.
  public interface Answer {
    void write(OutputStream out) throws IOException;
  }

  /// Starts it at a free port.
  public FakeService() throws IOException {
    this(new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()), "http");
  }

  private FakeService(ServerSocket server, String scheme) {
    this.server = server;
    this.scheme = scheme;
    Thread.ofPlatform().daemon().name("fake-service").start(this::serve);
  }

  /// Starts one with TLS at a free port.
  public static FakeService withTls(SSLContext tls) throws IOException {
    var sockets = tls.getServerSocketFactory();
    var server = sockets.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    return new FakeService(server, "https");
  }

  /// Returns where it is.
  public URI base() {
    return URI.create(scheme + "://127.0.0.1:" + server.getLocalPort());
  }

  /// Returns settings that ask it for everything, with short limits.
  public ServiceSettings settings() {
    var limits =
        new ServiceLimits(
            Duration.ofSeconds(2), 64 << 10, 32 << 10, 2, Duration.ofSeconds(1), Duration.ZERO);
    var pcs = ServiceSettings.Pcs.at(base(), new TcbUpdate.Standard(), false);
    return new ServiceSettings(pcs, base(), Proxies.NONE, limits);
  }

  /// Prepares an answer for a path with its parameters. Of several answers each is given once, and
  /// the last one for ever.
  public FakeService answer(String path, Answer answer) {
    answers.computeIfAbsent(path, _ -> new ConcurrentLinkedQueue<>()).add(answer);
    return this;
  }

  /// Returns the paths that were asked for, in their order.
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /// An answer with a status, headers and a body.
  public static Answer reply(int status, Map<String, String> headers, byte[] body) {
    return out -> {
      head(out, status, headers, body.length);
      out.write(body);
    };
  }

  /// A good answer without headers.
  public static Answer ok(byte[] body) {
    return reply(200, Map.of(), body);
  }

  /// A good answer with certificates in a header, encoded as Intel does.
  public static Answer ok(byte[] body, String header, String chain) {
    return reply(200, Map.of(header, encoded(chain)), body);
  }

  /// Encodes as Intel does.
  public static String encoded(String chain) {
    return URLEncoder.encode(chain, UTF_8).replace("+", "%20");
  }

  /// Writes the status and the headers.
  public static void head(OutputStream out, int status, Map<String, String> headers, long length)
      throws IOException {
    var text = new StringBuilder("HTTP/1.1 %d Status\r\nConnection: close\r\n".formatted(status));
    headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    text.append("Content-Length: ").append(length).append("\r\n\r\n");
    out.write(text.toString().getBytes(ISO_8859_1));
    out.flush();
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        Thread.ofPlatform().daemon().name("fake-answer").start(() -> answer(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void answer(Socket socket) {
    try (socket;
        var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1))) {
      var path = in.readLine().split(" ", -1)[1];
      while (!in.readLine().isEmpty()) {
        // Headers do not matter.
      }
      requests.add(path);
      var out = socket.getOutputStream();
      next(path).write(out);
      out.flush();
      socket.shutdownOutput();
    } catch (IOException e) {
      // The client has gone.
    }
  }

  private Answer next(String path) {
    var prepared = answers.get(path);
    if (prepared == null) {
      return reply(404, Map.of(), new byte[0]);
    }
    synchronized (prepared) {
      var answer = prepared.element();
      if (prepared.size() > 1) {
        prepared.remove();
      }
      return answer;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
