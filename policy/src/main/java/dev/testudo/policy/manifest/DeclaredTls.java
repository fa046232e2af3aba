package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Optional;

/// The TLS of a connection between a service and something outside the mesh. Secrets are those that
/// the manifest of the service defines or imports.
///
/// @param span where it is written
/// @param certificate the secret with the service's own certificate, whose private key it has
/// @param authority the secret with the certificate of the authority that the peer's certificate
///     must come from
/// @param alpn protocols of the peer, in order of preference
/// @param minimum the oldest TLS version, `1.2` or `1.3`
public record DeclaredTls(
    Span span,
    Optional<Text> certificate,
    Optional<Text> authority,
    List<Text> alpn,
    Optional<Text> minimum) {
  public DeclaredTls {
    alpn = List.copyOf(alpn);
  }
}
