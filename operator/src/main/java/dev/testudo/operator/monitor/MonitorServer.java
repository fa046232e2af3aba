package dev.testudo.operator.monitor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Answers `/metrics`, `/livez` and `/readyz`. Strangers can connect, too, so it has more threads
/// than whoever asks needs, and the launcher limits how long one request may hold a thread
/// (`sun.net.httpserver.maxReqTime`).
public final class MonitorServer implements AutoCloseable {
  private static final int BACKLOG = 16;
  private static final int THREADS = 16;

  private final HttpServer server;
  private final ThreadPoolExecutor threads;

  private MonitorServer(HttpServer server, ThreadPoolExecutor threads) {
    this.server = server;
    this.threads = threads;
  }

  /// Starts to answer.
  ///
  /// @param alive whether the process should go on
  /// @param ready whether it has seen all objects, and works or stands by
  public static MonitorServer start(
      InetSocketAddress address,
      Supplier<String> metrics,
      BooleanSupplier alive,
      BooleanSupplier ready)
      throws IOException {
    var server = HttpServer.create(address, BACKLOG);
    var threads = (ThreadPoolExecutor) Executors.newFixedThreadPool(THREADS, MonitorServer::thread);
    server.setExecutor(threads);
    server.createContext("/metrics", exchange -> answer(exchange, 200, metrics.get()));
    server.createContext("/livez", exchange -> answer(exchange, alive.getAsBoolean()));
    server.createContext("/readyz", exchange -> answer(exchange, ready.getAsBoolean()));
    server.start();
    return new MonitorServer(server, threads);
  }

  private static Thread thread(Runnable work) {
    return Thread.ofPlatform().daemon().name("monitor").unstarted(work);
  }

  /// Returns where it listens.
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private static void answer(HttpExchange exchange, boolean good) throws IOException {
    answer(exchange, good ? 200 : 503, good ? "ok\n" : "not ok\n");
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    try (exchange) {
      var bytes = text.getBytes(UTF_8);
      exchange.getResponseHeaders().set("content-type", "text/plain; version=0.0.4; charset=utf-8");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
