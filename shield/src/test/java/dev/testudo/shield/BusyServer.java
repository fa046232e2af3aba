package dev.testudo.shield;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A listener whose queue is full until it starts to serve. Then it echoes.
final class BusyServer implements AutoCloseable {
  private static final int BACKLOG = 1;
  private static final String LISTENING = "0A";

  private final ServerSocket listener =
      new ServerSocket(0, BACKLOG, InetAddress.ofLiteral("127.0.0.1"));
  private final List<Socket> crowd = new ArrayList<>();

  BusyServer() throws IOException, InterruptedException {
    // The queue holds one more than the backlog. A slow connect alone proves nothing: on a busy
    // machine it may still complete.
    while (crowd.size() <= BACKLOG) {
      crowd.add(new Socket(listener.getInetAddress(), port()));
      Eventually.holds(() -> waiting() == crowd.size(), () -> waiting() + " wait to be accepted");
    }
  }

  /// Returns how many connections wait to be accepted, which the kernel reports as a
  /// listener's `rx_queue`.
  private int waiting() {
    var suffix = ":%04X".formatted(port());
    return Stream.of("tcp", "tcp6")
        .flatMap(table -> TwoSides.read(Path.of("/proc/net", table)).lines())
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields[1].endsWith(suffix) && fields[3].equals(LISTENING))
        .mapToInt(fields -> Integer.parseInt(fields[4].substring(fields[4].indexOf(':') + 1), 16))
        .sum();
  }

  int port() {
    return listener.getLocalPort();
  }

  void serve() {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                while (true) {
                  var socket = listener.accept();
                  Thread.ofPlatform().daemon().start(() -> echo(socket));
                }
              } catch (IOException e) {
                // Closed at the end of the test.
              }
            });
  }

  private static void echo(Socket socket) {
    try (socket) {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // The client has gone.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var socket : crowd) {
      socket.close();
    }
  }
}
