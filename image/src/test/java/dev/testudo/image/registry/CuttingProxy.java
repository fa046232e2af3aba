package dev.testudo.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// Stands between the client and a registry, counts bytes, and cuts connections.
final class CuttingProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicLong toRegistry = new AtomicLong();
  private final AtomicLong toClient = new AtomicLong();
  private final int port;
  private volatile long cutAfterSent = Long.MAX_VALUE;
  private volatile long cutAfterReceived = Long.MAX_VALUE;

  CuttingProxy(int port) throws IOException {
    this.port = port;
    Thread.ofPlatform().daemon().name("proxy").start(this::accept);
  }

  String name() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /// Cuts all connections once, when `bytes` more have gone to the registry.
  void cutAfterSending(long bytes) {
    cutAfterSent = toRegistry.get() + bytes;
  }

  /// Cuts all connections once, when `bytes` more have come from the registry.
  void cutAfterReceiving(long bytes) {
    cutAfterReceived = toClient.get() + bytes;
  }

  /// Cuts all connections now.
  void cut() {
    for (var socket : sockets) {
      close(socket);
    }
    sockets.clear();
  }

  /// Returns whether a cut that was ordered has not happened yet.
  boolean isArmed() {
    return cutAfterSent != Long.MAX_VALUE || cutAfterReceived != Long.MAX_VALUE;
  }

  long sentToRegistry() {
    return toRegistry.get();
  }

  long receivedFromRegistry() {
    return toClient.get();
  }

  private void accept() {
    while (true) {
      try {
        var client = listener.accept();
        var registry = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(client);
        sockets.add(registry);
        start(client, registry, true);
        start(registry, client, false);
      } catch (IOException e) {
        return;
      }
    }
  }

  private void start(Socket from, Socket to, boolean sending) {
    Thread.ofPlatform()
        .daemon()
        .name("proxy-copy")
        .start(
            () -> {
              try (from;
                  to) {
                copy(from.getInputStream(), to.getOutputStream(), sending);
              } catch (IOException e) {
                // A cut.
              }
            });
  }

  private void copy(InputStream in, OutputStream out, boolean sending) throws IOException {
    var buffer = new byte[8192];
    for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      var counter = sending ? toRegistry : toClient;
      var total = counter.addAndGet(n);
      if (total > (sending ? cutAfterSent : cutAfterReceived)) {
        counter.addAndGet(-n);
        cutAfterSent = Long.MAX_VALUE;
        cutAfterReceived = Long.MAX_VALUE;
        cut();
        return;
      }
      out.write(buffer, 0, n);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
