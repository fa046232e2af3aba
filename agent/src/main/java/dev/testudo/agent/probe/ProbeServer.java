package dev.testudo.agent.probe;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// Answers HTTP requests at one port: 200 if the service can take connections, else 503 and why.
/// The request itself does not matter. Any caller that reaches the port may ask, so one thread
/// serves all, a caller has two seconds, and a caller too many replaces the one that has waited
/// longest.
public final class ProbeServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ProbeServer.class.getName());

  private static final int MOST_CALLERS = 64;
  private static final long PATIENCE_MILLIS = 2_000;
  private static final int LONGEST_REQUEST = 4096;

  /// How long an answer stays true. A flood of requests then costs no more than the requests.
  private static final long FRESH_MILLIS = 100;

  private static final long SHORTAGE_NANOS = 100_000_000;

  private final ServiceReadiness readiness;
  private final Selector selector;
  private final ServerSocketChannel listener;

  /// Those who have not sent a whole request yet, the longest waiting first.
  private final Set<Caller> callers = new LinkedHashSet<>();

  private byte[] answer = {};
  private long answerMade;

  private record Caller(SocketChannel channel, ByteBuffer request, long deadline) {}

  private ProbeServer(ServiceReadiness readiness, Selector selector, ServerSocketChannel listener) {
    this.readiness = readiness;
    this.selector = selector;
    this.listener = listener;
  }

  /// Answers at a port of all addresses of this network namespace, until it is closed.
  ///
  /// @throws IOException if the port cannot be used
  public static ProbeServer start(int port, ServiceReadiness readiness) throws IOException {
    var selector = Selector.open();
    var listener = ServerSocketChannel.open();
    try {
      listener.bind(new InetSocketAddress(port), MOST_CALLERS);
      listener.configureBlocking(false);
      listener.register(selector, SelectionKey.OP_ACCEPT);
    } catch (IOException e) {
      listener.close();
      selector.close();
      throw e;
    }
    var server = new ProbeServer(readiness, selector, listener);
    Thread.ofPlatform().daemon().name("probe").start(server::serve);
    return server;
  }

  /// Returns the port.
  public int port() {
    return listener.socket().getLocalPort();
  }

  private void serve() {
    while (listener.isOpen()) {
      try {
        selector.select(this::ready, callers.isEmpty() ? 0 : PATIENCE_MILLIS);
        var now = now();
        new ArrayList<>(callers).stream().filter(c -> c.deadline() <= now).forEach(this::drop);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "the probe port has failed: {0}", e.getMessage());
      }
    }
    callers.forEach(caller -> close(caller.channel()));
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isValid() && key.isAcceptable()) {
        accept();
      } else if (key.isValid() && key.attachment() instanceof Caller caller) {
        read(caller);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "accepting a caller of the probe: {0}", e.getMessage());
      LockSupport.parkNanos(SHORTAGE_NANOS); // without descriptors, the next attempt fails at once
    }
  }

  private void accept() throws IOException {
    var channel = listener.accept();
    if (channel == null) {
      return;
    }
    if (callers.size() >= MOST_CALLERS) {
      drop(callers.iterator().next());
    }
    channel.configureBlocking(false);
    var caller = new Caller(channel, ByteBuffer.allocate(LONGEST_REQUEST), now() + PATIENCE_MILLIS);
    callers.add(caller);
    channel.register(selector, SelectionKey.OP_READ, caller);
  }

  private void read(Caller caller) {
    try {
      var end = caller.channel().read(caller.request()) < 0;
      if (isWhole(caller.request())) {
        caller.channel().write(ByteBuffer.wrap(answer()));
        drop(caller);
      } else if (end || !caller.request().hasRemaining()) {
        drop(caller);
      }
    } catch (IOException e) {
      drop(caller);
    }
  }

  /// Returns whether the head of the request has ended.
  private static boolean isWhole(ByteBuffer request) {
    return US_ASCII.decode(request.duplicate().flip()).toString().contains("\r\n\r\n");
  }

  /// The answer fits into the empty send buffer of a new connection.
  private byte[] answer() {
    if (answer.length == 0 || now() - answerMade >= FRESH_MILLIS) {
      answer = newAnswer();
      answerMade = now();
    }
    return answer;
  }

  private byte[] newAnswer() {
    var obstacle = readiness.obstacle();
    var status = obstacle.isEmpty() ? "200 OK" : "503 Service Unavailable";
    var body = obstacle.orElse("ready") + "\n";
    return """
        HTTP/1.1 %s\r
        Content-Type: text/plain\r
        Content-Length: %d\r
        Cache-Control: no-store\r
        Connection: close\r
        \r
        %s"""
        .formatted(status, body.length(), body)
        .getBytes(US_ASCII);
  }

  private void drop(Caller caller) {
    callers.remove(caller);
    close(caller.channel());
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing a caller of the probe: {0}", e.getMessage());
    }
  }

  private static long now() {
    return System.nanoTime() / 1_000_000;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    selector.wakeup();
  }
}
