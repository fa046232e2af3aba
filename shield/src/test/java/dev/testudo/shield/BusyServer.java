package dev.testudo.shield;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/// A listener whose queue is full until it begins to serve; then it echoes.
final class BusyServer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
  private final List<Socket> crowd = new ArrayList<>();

  BusyServer() throws IOException {
    while (crowd.size() < 10) {
      var socket = new Socket();
      crowd.add(socket);
      try {
        socket.connect(new InetSocketAddress(listener.getInetAddress(), port()), 100);
      } catch (SocketTimeoutException e) {
        return;
      }
    }
    throw new IOException("the queue takes more than it should");
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
