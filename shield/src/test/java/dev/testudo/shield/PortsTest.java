package dev.testudo.shield;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void aPortIsGivenOnce() {
    var given = new HashSet<Integer>();
    for (int i = 0; i < 200; i++) {
      assertTrue(given.add(Ports.unused()));
    }
  }

  @Test
  void aPortThatWasServedUntilNowIsNotUnused() throws IOException {
    int port = Ports.unused();
    var loopback = InetAddress.ofLiteral("127.0.0.1");
    try (var server = new ServerSocket(port, 1, loopback);
        var client = new Socket(loopback, port)) {
      server.accept().close(); // the side that closes first stays in TIME-WAIT
      assertTrue(client.getInputStream().read() < 0);
    }
    assertFalse(Ports.isUnused(port));
  }
}
