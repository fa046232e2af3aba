package dev.testudo.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that accepts every connection and never answers completely: it sends the head of a
/// record of TLS and then one byte of it every half second, for ever.
final class SilentPeer implements AutoCloseable {
  private static final byte[] HEAD = {22, 3, 3, 0x40, 0};
  private static final long PAUSE_MILLIS = 500;

  private final ServerSocket server;
  private final Collection<Socket> accepted = new ConcurrentLinkedQueue<>();
  private final AtomicInteger now = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  private SilentPeer(ServerSocket server) {
    this.server = server;
  }

  /// Starts one at a free port of loopback.
  static SilentPeer start() throws IOException {
    var peer = new SilentPeer(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()));
    Thread.ofPlatform().daemon().name("silent peer").start(peer::accept);
    return peer;
  }

  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /// How many connections there were at once.
  int most() {
    return most.get();
  }

  private void accept() {
    try {
      while (true) {
        var one = server.accept();
        accepted.add(one);
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        Thread.ofPlatform().daemon().name("silent connection").start(() -> trickle(one));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private void trickle(Socket one) {
    try (one) {
      var out = one.getOutputStream();
      for (out.write(HEAD); ; out.write(0)) {
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (IOException e) {
      // The other end has closed it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      now.decrementAndGet();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (var one : accepted) {
      one.close();
    }
  }
}
