package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Images as people have them become confidential, and answer their protocol: over TLS with a
/// certificate of CAS, under podman's default profile and under Kubernetes' restricted one.
@Timeout(1800)
class RealImagesIT {
  private static final Path SOURCES = Path.of("src/test/resources/real-images").toAbsolutePath();
  private static final Path MUSL = Path.of("/lib/x86_64-linux-musl/libc.so");

  @TempDir(cleanup = CleanupMode.NEVER) // podman's storage has mounts; it removes them itself
  private static Path shared;

  private static ContainerWorkshop workshop;
  private static DebianImages debian;

  @BeforeAll
  static void start() throws IOException {
    workshop = ContainerWorkshop.in(shared);
    debian = new DebianImages(shared.resolve("buildah"), workshop.layout().directory());
  }

  @AfterAll
  static void stop() throws IOException {
    debian.close();
    workshop.close();
  }

  @Test
  void aStaticProgramFromScratchAnswersWithoutAnyRight() throws Exception {
    var image =
        new RealImage(
            "busybox",
            "",
            0,
            1000,
            "",
            List.of("/busybox", "httpd", "-f", "-p", "PORT", "-h", "/www"),
            RealImage.CURL,
            "hello from busybox");
    var files =
        new ImageFiles()
            .file("/busybox", Files.readAllBytes(Path.of("/bin/busybox")), 0755)
            .text("/www/index.html", image.answer());
    workshop.layout().image(image.name(), files, image.command(), "");
    answers(image, false);
  }

  static Stream<RealImage> fromScratch() {
    return RealImage.fromScratch();
  }

  @Tag("nightly")
  @ParameterizedTest
  @MethodSource
  void fromScratch(RealImage image) throws Exception {
    var server = shared.resolve(image.name() + "-server");
    var files = new ImageFiles();
    if (image.name().equals("go")) {
      compile("CGO_ENABLED=0 go build -o " + server + " " + SOURCES.resolve("server.go"));
    } else {
      compile("musl-gcc -Os -o " + server + " " + SOURCES.resolve("server.c"));
      files.file("/lib/ld-musl-x86_64.so.1", Files.readAllBytes(MUSL), 0755);
    }
    files.file("/server", Files.readAllBytes(server), 0755);
    workshop.layout().image(image.name(), files, image.command(), "");
    answers(image, true);
  }

  static Stream<RealImage> ofDebian() {
    return RealImage.ofDebian();
  }

  @Tag("nightly")
  @ParameterizedTest
  @MethodSource
  void ofDebian(RealImage image) throws Exception {
    var files = Files.createDirectories(shared.resolve("app"));
    compile("javac --release 17 -d " + files + " " + SOURCES.resolve("Server.java"));
    debian.make(image, files);
    answers(image, true);
  }

  private static void compile(String command) {
    var result = Command.run("sh", "-c", command);
    assertEquals(0, result.exit(), result::all);
  }

  /// Makes the image confidential and asks it.
  ///
  /// @param both also under podman's default profile
  private static void answers(RealImage image, boolean both) throws Exception {
    var port = freePort();
    var tag = image.name() + "-confidential";
    var user = Integer.toString(image.user());
    var made = workshop.make(image.name(), image.name(), tag, "--user", user);
    workshop.cas().register(session(image, port, made.measurement()));
    var id = workshop.podman().pull(workshop.layout().directory(), tag);
    var restricted = workshop.podman().restrictedTo(image.restricted());
    asked(image, port, image.restricted(), restricted, id);
    if (both) {
      var usual = new ArrayList<>(List.of("--tmpfs", "/tmp"));
      if (image.packages().isEmpty()) {
        usual.add("--passwd=false"); // or podman adds the user, whom the image does not name
      }
      asked(image, port, image.user(), usual, id);
    }
  }

  private static String session(RealImage image, int port, String measurement) throws IOException {
    var number = Integer.toString(port);
    var command = new ObjectMapper().writeValueAsString(image.command());
    var nginx = Files.readString(SOURCES.resolve("nginx.conf"));
    return """
    name: NAME
    version: "0.3.12"
    security: {attestation: {tolerate: [software-evidence]}}
    services:
      - name: app
        image_name: image
        command: COMMAND
        environment:
          PATH: "/usr/sbin:/usr/bin:/sbin:/bin"
          SCONE_NETWORK_SHIELD: protected
          SCONE_NETWORK_SHIELD_SERVER_1: protected
          SCONE_NETWORK_SHIELD_SERVER_1_PORT: "TCP:LISTENS"
          SCONE_NETWORK_SHIELD_SERVER_1_IDENTITY: "$$SCONE::key$$$$SCONE::certificate:crt$$"
          SCONE_NETWORK_SHIELD_SERVER_1_CLIENT_AUTH: disabled
          SCONE_NETWORK_SHIELD_SERVER_1_ALPN: http/1.1
          SCONE_NETWORK_SHIELD_SERVER_2: unprotected
          SCONE_NETWORK_SHIELD_SERVER_2_PORT: "unix:/tmp/socket"
        attestation: [{mrenclave: "MEASUREMENT", join_token: required}]
    images:
      - name: image
        injection_files: [{path: /etc/app/nginx.conf, content: NGINX}]
    secrets:
      - {name: ca_key, kind: private-key, migrate: true}
      - {name: ca, kind: x509-ca, private_key: ca_key, common_name: CA, export_public: true}
      - {name: key, kind: private-key, migrate: true}
      - {name: certificate, kind: x509, private_key: key, issuer: ca, endpoint: server, dns: app}
    """
        .replace("NAME", image.name())
        .replace("COMMAND", command.replace("PORT", number))
        .replace("MEASUREMENT", measurement)
        .replace("NGINX", new ObjectMapper().writeValueAsString(nginx).replace("PORT", number))
        .replace("LISTENS", number);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void asked(RealImage image, int port, int user, List<String> options, String id)
      throws Exception {
    var words = new ArrayList<>(options);
    if (!image.volume().isEmpty()) {
      var data = Files.createTempDirectory(shared, "data");
      Files.setAttribute(data, "unix:uid", user);
      words.addAll(List.of("-v", data + ":" + image.volume()));
    }
    var service = image.name() + "/app";
    var log = Files.createTempFile(shared, image.name(), ".log");
    var podman = workshop.podman();
    var cas = workshop.cas();
    var process = podman.start(log, podman.attested(cas, service, user, words, id));
    var plain = freePort();
    var authority =
        Files.writeString(shared.resolve("ca.pem"), cas.publicValue(image.name(), "ca"));
    var client =
        image
            .client()
            .replace("PORT", Integer.toString(port))
            .replace("PLAIN", Integer.toString(plain))
            .replace("CA", authority.toString());
    var tls = "OPENSSL:127.0.0.1:%d,cafile=%s,commonname=app".formatted(port, authority);
    var socat =
        new ProcessBuilder("socat", "TCP-LISTEN:%d,bind=127.0.0.1,fork".formatted(plain), tls)
            .redirectErrorStream(true)
            .redirectOutput(Path.of("/dev/null").toFile())
            .start();
    try {
      Patience.until(
          () -> !process.isAlive() || answer(client).contains(image.answer()), () -> read(log));
      assertTrue(process.isAlive(), () -> read(log));
    } finally {
      socat.destroy();
      process.destroy(); // SIGTERM, which podman forwards
      assertTrue(Patience.outlasts(process), () -> read(log));
    }
  }

  private static String answer(String client) {
    return Command.run("sh", "-c", client).out();
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
