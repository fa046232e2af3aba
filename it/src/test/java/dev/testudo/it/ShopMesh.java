package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A mesh of two services whose images are built from this machine's busybox: `web` serves a page
/// that contains a secret, and `reader`, the only service that may connect to it, fetches the page
/// and serves it to everybody.
///
/// @param repository what precedes the names of the images
record ShopMesh(Path directory, TestLayout bases, String repository) {
  private static final String READER =
      """
      while ! wget -q -O /tmp/index.html http://shop:8000/; do sleep 0.2; done
      exec httpd -f -p 8100 -h /tmp
      """;

  /// Writes the manifests of images that nobody pushes.
  static ShopMesh in(Path directory) throws IOException {
    return in(directory, "example");
  }

  /// Writes the manifests.
  static ShopMesh in(Path directory, String repository) throws IOException {
    var bases = new TestLayout(directory.resolve("bases"));
    bases.image("base", files(), List.of("/bin/sh"), "");
    var shop = new ShopMesh(directory, bases, repository);
    shop.write("web", web());
    shop.write("reader", reader());
    Files.writeString(directory.resolve("reader/run.sh"), READER);
    Files.writeString(
        directory.resolve("mesh.yaml"),
        """
        apiVersion: scone/5.8
        kind: mesh
        cas: [{name: cas, cas_url: localhost}]
        policy: {namespace: shop, tolerate: software-evidence}
        env: [{name: WHO, value: everybody}]
        services:
          - image: %1$s/web:1
          - {image: "%1$s/reader:1", connects: [{service: web, port: 8000, host: shop}], public: [8100]}
        helm_extra_values:
          reader: {podLabels: {tier: front}}
        """
            .formatted(repository));
    return shop;
  }

  private static ImageFiles files() throws IOException {
    return ImageFiles.ofBusybox("sh", "sleep", "wget", "httpd").directory("/www", 0755);
  }

  private void write(String name, String more) throws IOException {
    var folder = Files.createDirectories(directory.resolve(name));
    Files.writeString(
        folder.resolve("service.yaml"),
        """
        apiVersion: scone/5.8
        kind: genservice
        build:
          name: %s
          kind: none
          from: "oci:%s:base"
          to: %s/%s:1
          binaries: /bin/busybox
        %s"""
            .formatted(name, bases.directory(), repository, name, more));
  }

  private static String web() {
    return """
          command: busybox httpd -f -p 8000 -h /www
          fs_dirs: [/etc]
        environment:
          global: [{name: WHO}]
          local: [{name: PATH, value: "/usr/bin:/bin"}]
        secrets:
          global: [{name: web_password, kind: ascii, value: tell-nobody}]
        injection_files:
          - path: /www/index.html
            content: "hello {{WHO}}: $$SCONE::web_password$$"
            permission: "0o444"
        """;
  }

  private static String reader() {
    return """
          command: sh /app/run.sh
          pwd: /app
          copy: run.sh
          fs_dirs: [/etc, /app]
        environment:
          local: [{name: PATH, value: "/usr/bin:/bin"}]
        """;
  }

  private static String clock() {
    return """
          command: busybox httpd -f -p 8200 -h /www
          fs_dirs: [/etc]
        environment:
          local:
            - {name: PATH, value: "/usr/bin:/bin"}
            - {name: SCONE_NETWORK_SHIELD, value: protected}
            - {name: SCONE_NETWORK_SHIELD_SERVER_1, value: protected}
            - {name: SCONE_NETWORK_SHIELD_SERVER_1_PORT, value: "TCP:8200"}
            - {name: SCONE_NETWORK_SHIELD_SERVER_1_IDENTITY, value: "$$SCONE::clock_key$$$$SCONE::clock:crt$$"}
            - {name: SCONE_NETWORK_SHIELD_SERVER_1_CLIENT_AUTH, value: disabled}
            - {name: SCONE_NETWORK_SHIELD_SERVER_1_ALPN, value: http/1.1}
        secrets:
          global:
            - {name: clock_ca_key, kind: private-key}
            - {name: clock_ca, kind: x509-ca, private_key: clock_ca_key}
            - {name: clock_key, kind: private-key}
            - name: clock
              kind: x509
              private_key: clock_key
              issuer: clock_ca
              endpoint: server
              dns: [clock]
              valid_for: 15 seconds
        injection_files:
          - path: /www/cert.pem
            content: $$SCONE::clock:crt$$
            permission: "0o444"
        """;
  }

  /// Adds a service that serves its own certificate, which ends after 15 seconds.
  void addClock() throws IOException {
    write("clock", clock());
    var mesh = directory.resolve("mesh.yaml");
    var text = Files.readString(mesh);
    var first = "services:\n";
    Files.writeString(
        mesh, text.replace(first, first + "  - image: %s/clock:1\n".formatted(repository)));
  }

  /// Makes a version of a service whose image has one file more, and builds it.
  ///
  /// @param more further lines of its `build`
  void change(String name, String from, String to, String more) throws IOException {
    bases.image("base" + to, files().text("/etc/version", to), List.of("/bin/sh"), "");
    var manifest = directory.resolve(name).resolve("service.yaml");
    var text =
        Files.readString(manifest)
            .replaceFirst("from: .*", "from: \"oci:%s:base%s\"".formatted(bases.directory(), to))
            .replaceFirst("to: .*", "to: %s/%s:%s".formatted(repository, name, to))
            .replaceFirst("\n  stable: .*", "");
    Files.writeString(manifest, text.replaceFirst("build:", "build:" + more));
    var mesh = directory.resolve("mesh.yaml");
    var image = "%s/%s:".formatted(repository, name);
    Files.writeString(mesh, Files.readString(mesh).replace(image + from, image + to));
    build(name);
  }

  /// Builds the images of the two services, each into an OCI layout.
  void build() {
    build("web", "reader");
  }

  /// Builds the images of these services.
  void build(String... names) {
    for (var name : names) {
      var words = building(name);
      words.add("--no-push");
      var built = Command.run(Map.of(), words);
      assertEquals(0, built.exit(), built.all());
    }
  }

  /// Returns the words of a command that builds the image of a service and pushes it.
  List<String> building(String name) {
    return new ArrayList<>(
        List.of(
            Command.LAUNCHER.toString(),
            "apply",
            "-q",
            "-t",
            directory.resolve("target").toString(),
            "-f",
            directory.resolve(name).resolve("service.yaml").toString()));
  }

  /// Returns where the first version of a service's image is.
  Path image(String name) {
    return image(name, "1");
  }

  /// Returns where a version of a service's image is.
  Path image(String name, String version) {
    return directory.resolve("target/images/%s_%s_%s.oci".formatted(repository, name, version));
  }

  /// Returns the words of a command that applies the Meshfile.
  List<String> applying(String... more) {
    var words = new ArrayList<>(List.of(Command.LAUNCHER.toString(), "apply"));
    words.addAll(List.of("-f", directory.resolve("mesh.yaml").toString()));
    words.addAll(List.of("-t", directory.resolve("target").toString()));
    words.addAll(List.of(more));
    return words;
  }

  /// Applies the Meshfile, with these further words.
  Command apply(Map<String, String> environment, String... more) {
    return Command.run(environment, applying(more));
  }
}
