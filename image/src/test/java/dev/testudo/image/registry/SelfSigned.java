package dev.testudo.image.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A certificate that OpenSSL has made and that its own key has signed, in PEM.
record SelfSigned(Path certificate, Path key) {
  private static final List<String> P256 =
      List.of("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1");

  /// Makes a certificate with a key on P-256 for a server.
  ///
  /// @param names its names as `subjectAltName` of OpenSSL
  static SelfSigned ofServer(Path directory, String names) throws Exception {
    return make(directory, "server", P256, List.of("-addext", "subjectAltName=" + names));
  }

  /// Makes a certificate with an RSA key.
  ///
  /// @param name its subject, and the name of its files
  /// @param more further options of `openssl req`
  static SelfSigned rsa(Path directory, String name, String... more) throws Exception {
    return make(directory, name, List.of("rsa:2048"), List.of(more));
  }

  private static SelfSigned make(Path directory, String name, List<String> kind, List<String> more)
      throws Exception {
    var words = new ArrayList<>(List.of("openssl", "req", "-x509", "-nodes", "-days", "2"));
    words.addAll(List.of("-subj", "/CN=" + name, "-newkey"));
    words.addAll(kind);
    words.addAll(more);
    words.addAll(List.of("-keyout", name + ".key", "-out", name + ".pem"));
    RegistryFixture.run(directory, words.toArray(String[]::new));
    return new SelfSigned(directory.resolve(name + ".pem"), directory.resolve(name + ".key"));
  }

  /// Returns the lines of a registry's section `http` with which it shows this certificate.
  String tls() {
    return "tls:\n  certificate: %s\n  key: %s\n".formatted(certificate, key);
  }

  /// Makes clients trust this certificate when they reach a registry of this name.
  ///
  /// @param directory of the settings of [RegistryFixture]
  /// @return the folder of the registry's certificates
  Path trust(Path directory, String registry) throws IOException {
    var folder = Files.createDirectories(directory.resolve("certs.d").resolve(registry));
    Files.copy(certificate, folder.resolve("ca.crt"));
    return folder;
  }
}
