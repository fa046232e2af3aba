package dev.testudo.shield;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports for servers of tests. They are below the range from which the kernel takes clients' ports,
/// so no connection of another test uses one, and each is given out once.
public final class Ports {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;

  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(HIGHEST - LOWEST));

  private Ports() {}

  /// Returns a port that is not in use at any address of this host. A connection in TIME-WAIT
  /// (RFC 9293, section 3.6) counts as use, because a server without `SO_REUSEADDR` could not
  /// bind the port.
  public static int unused() {
    for (int i = LOWEST; i < HIGHEST; i++) {
      int port = LOWEST + Math.floorMod(NEXT.getAndIncrement(), HIGHEST - LOWEST);
      if (isUnused(port)) {
        return port;
      }
    }
    throw new AssertionError("no free port");
  }

  /// Returns whether a port is not in use at any address of this host.
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
