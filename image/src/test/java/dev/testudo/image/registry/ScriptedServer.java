package dev.testudo.image.registry;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// An HTTP server that answers as a test says: one request per connection, and whatever bytes the
/// test likes.
final class ScriptedServer implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Request> seen = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Script script;

  /// A request whose body has not been read.
  record Request(String method, String path, Map<String, String> headers, InputStream body) {
    String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    long length() {
      return header("content-length").isEmpty() ? 0 : Long.parseLong(header("content-length"));
    }

    boolean is(String wanted, String pathPart) {
      return method.equals(wanted) && path.contains(pathPart);
    }
  }

  /// Answers a request. The connection ends when it returns.
  @FunctionalInterface
  interface Script {
    void answer(Request request, OutputStream out) throws Exception;
  }

  ScriptedServer(Script script) throws IOException {
    this.script = script;
    Thread.ofPlatform().daemon().name("scripted-server").start(this::accept);
  }

  /// Returns `127.0.0.1:PORT`.
  String name() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  List<Request> seen() {
    return List.copyOf(seen);
  }

  /// Returns how many requests have the given method, and a path that contains `part`.
  long count(String method, String part) {
    return seen.stream().filter(request -> request.is(method, part)).count();
  }

  static void respond(OutputStream out, int status, Map<String, String> headers, byte[] body)
      throws IOException {
    respond(out, status, headers, body.length, body);
  }

  /// Answers with a body that may be shorter than it says.
  static void respond(
      OutputStream out, int status, Map<String, String> headers, long length, byte[] body)
      throws IOException {
    var head = new StringBuilder("HTTP/1.1 %d Words\r\nConnection: close\r\n".formatted(status));
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (status != 204) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    out.write(body);
    out.flush();
  }

  static void respond(OutputStream out, int status) throws IOException {
    respond(out, status, Map.of(), new byte[0]);
  }

  private void accept() {
    while (true) {
      try {
        var socket = listener.accept();
        sockets.add(socket);
        Thread.ofPlatform().daemon().name("scripted-connection").start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout(20_000);
      var in = new BufferedInputStream(socket.getInputStream());
      var request = request(in);
      if (request.path().equals("/v2/")) {
        // The client probes whether the server wants TLS.
        respond(socket.getOutputStream(), 200);
        return;
      }
      seen.add(request);
      script.answer(request, socket.getOutputStream());
      // Take what is left, so that the answer is not lost to a reset.
      socket.shutdownOutput();
      request.body().skip(Math.min(request.length(), 1 << 20));
    } catch (Exception e) {
      // The test sees what the client makes of it.
    }
  }

  private static Request request(InputStream in) throws IOException {
    var first = line(in).split(" ");
    var headers = new TreeMap<String, String>();
    for (var line = line(in); !line.isEmpty(); line = line(in)) {
      var colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new Request(first[0], first[1], headers, in);
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (var c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the request ends too early");
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var socket : sockets) {
      socket.close();
    }
  }
}
