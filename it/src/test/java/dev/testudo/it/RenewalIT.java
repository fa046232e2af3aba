package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.trust.measure.SoftwareMeasurement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Certificates that end while a service runs. Runs as root.
@Timeout(3600)
class RenewalIT {
  private static final Path LIB = Command.ROOT.resolve("dist/target/testudo/lib");

  private static final String RENEWED = ": renewed: new file /tls/cert.pem, new identity of rule";

  /// Returns every line, and for the line `file` the injected certificate.
  private static final String SERVER =
      """
      import socket, sys, threading
      def serve(connection):
          for line in connection.makefile():
              if line == "file\\n":
                  line = open("/tls/cert.pem").read().replace("\\n", "|") + "\\n"
              connection.sendall(line.encode())
      listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
      while True:
          threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()
      """;

  @TempDir private Path folder;
  private Path image;
  private int port;
  private RunningCas cas;

  @BeforeEach
  void startCas() throws IOException {
    cas = RunningCas.start(folder.resolve("cas"));
    image = Files.createDirectory(folder.resolve("image"));
    var app = Files.createDirectories(image.resolve("root/app"));
    Files.writeString(app.resolve("server.py"), SERVER);
    Files.writeString(
        image.resolve("image.json"),
        "{\"name\":\"it\",\"files\":[\"%s\"],\"host_paths\":[]}"
            .formatted(Path.of("/usr/bin/python3").toRealPath()));
    try (var socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      port = socket.getLocalPort();
    }
  }

  @AfterEach
  void stopCas() throws IOException {
    cas.close();
  }

  private void register() throws IOException {
    cas.register(
        """
        name: renewal
        version: "0.3"
        security: {attestation: {tolerate: software-evidence}}
        services:
          - name: program
            image_name: image
            command: [python3, /app/server.py, "%d"]
            attestation: [{mrenclave: %s, join_token: required}]
            environment:
              PATH: /usr/bin:/bin
              SCONE_NETWORK_SHIELD: protected
              SCONE_NETWORK_SHIELD_SERVER_1: protected
              SCONE_NETWORK_SHIELD_SERVER_1_PORT: TCP:%d
              SCONE_NETWORK_SHIELD_SERVER_1_IDENTITY: $$SCONE::key$$$$SCONE::cert:crt$$
              SCONE_NETWORK_SHIELD_SERVER_1_CLIENT_AUTH: disabled
        images:
          - name: image
            injection_files:
              - {path: /tls/cert.pem, content: $$SCONE::cert:crt$$, permission: 0o400}
        secrets:
          - {name: key, kind: private-key}
          - {name: ca_key, kind: private-key}
          - {name: ca, kind: x509-ca, private_key: ca_key}
          - name: cert
            kind: x509
            private_key: key
            issuer: ca
            dns: [renewal.example]
            valid_for: 15 seconds
        """
            .formatted(port, SoftwareMeasurement.of(LIB, image).measurement().hex(), port));
  }

  private static void end(Process process) {
    try {
      Processes.end(process);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// An agent and what it reports.
  private final class Agent implements AutoCloseable {
    private final Path log = folder.resolve("agent.log");
    private final Process process;

    Agent() throws IOException {
      var token = folder.resolve("token");
      Files.writeString(token, cas.token("renewal/program", 1) + "\n");
      Files.setAttribute(token, "unix:mode", 0400);
      var words = cas.agent("renewal/program", image, "--token-file", token.toString());
      process =
          new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    }

    private String output() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        return "";
      }
    }

    int reports(String what) {
      return output().split(what, -1).length - 1;
    }

    /// Waits until it has reported `what` so many times.
    void awaitReport(int times, String what) throws InterruptedException {
      Patience.until(
          () -> {
            assertTrue(process.isAlive(), this::output);
            return reports(what) >= times;
          },
          () -> "waited too long for `" + what + "`:\n" + output());
    }

    @Override
    public void close() {
      end(process);
    }
  }

  /// A connection of `openssl s_client` that stays open.
  private final class Open implements AutoCloseable {
    private final Process process;
    private final Writer to;
    private final BufferedReader from;

    Open() throws IOException {
      process =
          new ProcessBuilder("openssl", "s_client", "-quiet", "-connect", "127.0.0.1:" + port)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      to = process.outputWriter(StandardCharsets.US_ASCII);
      from = process.inputReader(StandardCharsets.US_ASCII);
    }

    String ask(String line) throws IOException {
      to.write(line + "\n");
      to.flush();
      return String.valueOf(from.readLine());
    }

    /// Returns the serial number of the certificate in the program's file.
    String serialInFile() {
      try {
        var pem = Files.writeString(folder.resolve("seen.pem"), ask("file").replace("|", "\n"));
        return Command.run("openssl", "x509", "-noout", "-serial", "-in", pem.toString()).out();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Waits until new connections and the file have the same certificate, which is not `old`.
    void awaitNew(String old) throws InterruptedException {
      Patience.until(
          () -> {
            var file = serialInFile();
            return !file.equals(old) && file.equals(serial());
          },
          () -> "file and connections do not get the same new certificate");
    }

    @Override
    public void close() {
      end(process);
    }
  }

  /// Returns the serial number that the server shows to a new connection.
  private String serial() {
    var shown =
        Command.run(
            "sh",
            "-c",
            "openssl s_client -connect 127.0.0.1:%d </dev/null | openssl x509 -noout -serial"
                .formatted(port));
    assertTrue(shown.out().startsWith("serial="), shown::all);
    return shown.out();
  }

  @Test
  void newConnectionsAndFilesGetTheNewCertificateAndOldConnectionsGoOn() throws Exception {
    register();
    try (var agent = new Agent()) {
      agent.awaitReport(1, "listening at");
      try (var open = new Open()) {
        assertEquals("first", open.ask("first"));
        var first = open.serialInFile();

        agent.awaitReport(1, RENEWED);
        open.awaitNew(first);

        cas.kill();
        agent.awaitReport(1, "CAS did not renew them");
        assertEquals("without CAS", open.ask("without CAS"));
        var before = serial();
        var renewals = agent.reports(RENEWED);

        cas = RunningCas.start(folder.resolve("cas"), cas.port());
        agent.awaitReport(renewals + 1, RENEWED);
        open.awaitNew(before);
        assertEquals("last", open.ask("last"));
      }
    }
    assertEquals(1, audited("attested"));
    assertTrue(audited("renewed") >= 2);
  }

  private long audited(String event) throws IOException {
    return cas.audit().stream().filter(line -> line.path("event").asText().equals(event)).count();
  }
}
