package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A server and a client in Python that talk over one connection for as long as they are let, each
/// under a shield of its own. The client logs `pong 1`, `pong 2`, … and `cut` should the connection
/// end.
final class ShieldTalk {
  static final String SERVER_LOG = "server.log";
  static final String CLIENT_LOG = "client.log";

  /// What the server does when it is told to end.
  enum Manner {
    /// Nothing.
    STUBBORN,
    /// Leaves the connection to a child and exits with 3 at once.
    HEIR,
    /// Exits with 5 when its connection has come to its end.
    POLITE
  }

  private static final String SERVER =
      """
      import os, signal, socket, sys
      manner, port = sys.argv[1], int(sys.argv[2])
      listener = socket.create_server(("127.0.0.1", port))

      def told(*_):
          print("told to end", flush=True)
          if manner == "HEIR":
              os._exit(3)

      signal.signal(signal.SIGTERM, told)
      connection, _ = listener.accept()
      print("accepted", flush=True)
      if manner == "HEIR" and os.fork() > 0:
          connection.close()
          while True:
              signal.pause()
      while data := connection.recv(4096):
          connection.sendall(data)
      os._exit(0 if manner == "STUBBORN" else 5)
      """;

  private static final String CLIENT =
      """
      import os, socket, sys, time
      port, stop = int(sys.argv[1]), sys.argv[2]
      connection = socket.create_connection(("127.0.0.1", port))
      rounds = 0
      while not os.path.exists(stop):
          try:
              connection.sendall(b"ping")
              answer = connection.recv(4096)
          except OSError as e:
              answer = b""
          if not answer:
              print("cut", flush=True)
              sys.exit(1)
          rounds += 1
          print("pong", rounds, flush=True)
          time.sleep(0.05)
      """;

  private final ShieldWorkshop shop;
  private final int port;
  private final String authority;

  ShieldTalk(ShieldWorkshop shop, int port) throws IOException {
    this.shop = shop;
    this.port = port;
    this.authority = shop.authority();
    shop.file("server.py", SERVER);
    shop.file("client.py", CLIENT);
    newServerIdentity();
    shop.file(
        "client.env", ShieldWorkshop.clientRules(port, shop.identity("client.local"), authority));
  }

  /// The server's rules with another certificate.
  Path newServerIdentity() throws IOException {
    return serverIdentity(shop.identity("redis.local"));
  }

  Path serverIdentity(String pem) throws IOException {
    return shop.file("server.env", ShieldWorkshop.serverRules(port, pem, authority));
  }

  /// Starts the server and waits until it listens.
  Process serve(Manner manner, String drain) throws IOException, InterruptedException {
    var server =
        shop.start(
            SERVER_LOG,
            "run",
            "--env-file",
            shop.path("server.env"),
            "--drain",
            drain,
            "--",
            "/usr/bin/python3",
            shop.path("server.py"),
            manner.name(),
            "" + port);
    shop.awaitShield(
        SERVER_LOG,
        shield ->
            shield.listening().stream().anyMatch(one -> one.address().equals("127.0.0.1:" + port)));
    return server;
  }

  /// Starts the client and waits for its first answer.
  Process talk() throws IOException, InterruptedException {
    var words = client().toArray(String[]::new);
    var client = shop.start(CLIENT_LOG, words);
    stillTalks();
    return client;
  }

  /// The words after `testudo shield` that run the client.
  List<String> client() {
    return List.of(
        "run",
        "--env-file",
        shop.path("client.env"),
        "--",
        "/usr/bin/python3",
        shop.path("client.py"),
        "" + port,
        shop.path("stop"));
  }

  /// Waits for an answer that was not there yet.
  void stillTalks() throws InterruptedException {
    shop.await(CLIENT_LOG, "pong", shop.count(CLIENT_LOG, "pong") + 1);
  }

  /// The client closes its connection and ends.
  void stop() throws IOException {
    shop.file("stop", "");
  }

  /// The serial number of the certificate that a new connection is shown.
  String serverSerial() {
    var asked =
        Command.run(
            "sh",
            "-c",
            "openssl s_client -connect 127.0.0.1:%d -cert %s -key %s </dev/null 2>/dev/null | openssl x509 -noout -serial"
                .formatted(port, shop.path("client.local.crt"), shop.path("client.local.key")));
    var shown = List.of(asked.out().strip().split("="));
    assertEquals("serial", shown.getFirst(), asked.all());
    return shown.getLast();
  }
}
