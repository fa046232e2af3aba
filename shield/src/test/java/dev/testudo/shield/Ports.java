package dev.testudo.shield;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports for servers of tests: from below the range the kernel takes ports for clients from, so
/// that no connection of another test sits on one, and each given once.
public final class Ports {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;

  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(HIGHEST - LOWEST));

  private Ports() {}

  /// A port that nobody uses at any address of this host now. A connection that is in TIME-WAIT
  /// (RFC 9293, section 3.6) uses it too: a server without `SO_REUSEADDR` could not bind it.
  public static int unused() {
    for (int i = LOWEST; i < HIGHEST; i++) {
      int port = LOWEST + Math.floorMod(NEXT.getAndIncrement(), HIGHEST - LOWEST);
      if (isUnused(port)) {
        return port;
      }
    }
    throw new AssertionError("no free port");
  }

  /// Whether nobody uses a port at any address of this host now.
  public static boolean isUnused(int port) {
    try (var probe = new ServerSocket()) {
      probe.setReuseAddress(false); // Java's default on Linux is true
      probe.bind(new InetSocketAddress(port), 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
