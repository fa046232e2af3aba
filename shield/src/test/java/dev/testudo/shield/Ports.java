package dev.testudo.shield;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports for servers of tests: from below the range the kernel takes ports for clients from, so
/// that no connection of another test sits on one.
public final class Ports {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;

  private Ports() {}

  /// A port that nobody uses at 127.0.0.1 now.
  public static int unused() {
    for (int i = 0; i < 1000; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
      try (var _ = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        return port;
      } catch (IOException e) {
        // Taken; try another.
      }
    }
    throw new AssertionError("no free port");
  }
}
