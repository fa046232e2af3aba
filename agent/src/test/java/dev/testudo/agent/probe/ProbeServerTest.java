package dev.testudo.agent.probe;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProbeServerTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private static String ask(ProbeServer server) throws IOException {
    try (var socket = new Socket(LOOPBACK, server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }

  private static void answers(String status, String body, ProbeServer server)
      throws IOException, InterruptedException {
    Thread.sleep(150); // an answer is kept for 100 ms
    var answer = ask(server);
    assertEquals("HTTP/1.1 " + status, answer.substring(0, answer.indexOf('\r')), answer);
    assertEquals(body + "\n", answer.substring(answer.indexOf("\r\n\r\n") + 4));
  }

  private static void shut(ServerSocket socket) throws IOException {
    socket.close();
  }

  @Test
  void aServiceIsReadyOnceItRunsAndListensAndUntilItIsToldToStop() throws Exception {
    try (var program = new ServerSocket(0, 1, LOOPBACK)) {
      var port = program.getLocalPort();
      var readiness = new ServiceReadiness(List.of(port));
      try (var server = ProbeServer.start(0, readiness)) {
        answers("503 Service Unavailable", "not attested yet", server);
        readiness.waitsBecause("CAS is busy");
        answers("503 Service Unavailable", "not attested yet: CAS is busy", server);
        readiness.started();
        answers("200 OK", "ready", server);
        shut(program);
        answers("503 Service Unavailable", "nothing listens at port " + port, server);
        readiness.stopping();
        answers("503 Service Unavailable", "stopping", server);
      }
    }
  }

  @Test
  void callersWhoSayNothingDoNotKeepOthersFromAnAnswer() throws Exception {
    var readiness = new ServiceReadiness(List.of());
    readiness.started();
    var silent = new ArrayList<Socket>();
    try (var server = ProbeServer.start(0, readiness)) {
      for (var i = 0; i < 200; i++) {
        silent.add(new Socket(LOOPBACK, server.port()));
      }
      answers("200 OK", "ready", server);
      silent.getLast().setSoTimeout(30_000);
      assertEquals(-1, silent.getLast().getInputStream().read(), "a silent caller is let go");
    } finally {
      for (var socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void aRequestWithoutEndIsNotRead() throws Exception {
    try (var server = ProbeServer.start(0, new ServiceReadiness(List.of()));
        var socket = new Socket(LOOPBACK, server.port())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write("a".repeat(100_000).getBytes(US_ASCII));
      var end = endOf(socket);
      assertEquals(-1, end);
    }
  }

  /// Returns -1 if the connection has ended, in whatever way.
  private static int endOf(Socket socket) {
    try {
      return socket.getInputStream().read();
    } catch (java.net.SocketTimeoutException e) {
      return 0;
    } catch (IOException e) {
      return -1; // reset, because not all was read
    }
  }
}
