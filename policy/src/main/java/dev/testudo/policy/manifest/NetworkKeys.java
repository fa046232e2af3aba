package dev.testudo.policy.manifest;

import dev.testudo.policy.schema.Key;
import dev.testudo.policy.schema.Keys;
import dev.testudo.policy.schema.Shape;
import java.util.List;

/// The keys that say who talks to whom.
final class NetworkKeys {
  /// The TLS of a connection with something outside the mesh.
  static final Keys TLS =
      Keys.of(
          "`tls`",
          Key.of("certificate", Shape.text(), "The secret with the service's certificate."),
          Key.of("ca", Shape.text(), "The secret with the certificate of the peer's authority."),
          Key.of("alpn", Shape.texts(), "Protocols of the peer, as in `http/1.1`."),
          Key.of("minimum", new Shape.Word(List.of("1.2", "1.3")), "The oldest TLS version."));

  /// Something that a service connects to.
  static final Keys EDGE =
      Keys.of(
          "an entry of `connects`",
          Key.of("service", Shape.text(), "A service of the mesh."),
          Key.of("host", Shape.text(), "A host outside, or another name of the service."),
          Key.of("port", Shape.text(), "The TCP port."),
          Key.of("path", Shape.text(), "The path of the Unix socket."),
          Key.of("tls", new Shape.Keyed(() -> TLS), "The TLS with a host outside."));

  /// A port that anybody may connect to.
  static final Keys PORT =
      Keys.of(
          "an entry of `public`",
          Key.of("port", Shape.text(), "The TCP port."),
          Key.of("path", Shape.text(), "The path of the Unix socket."),
          Key.of("tls", new Shape.Keyed(() -> TLS), "The TLS with clients outside."));

  /// Returns the shape of a list whose items may also be single values.
  static Shape list(Keys item) {
    return new Shape.Many(new Shape.Either(List.of(Shape.text(), new Shape.Keyed(() -> item))));
  }

  private NetworkKeys() {}
}
