package dev.testudo.policy.session;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a certificate says about its holder.
///
/// @param endpoint its extended key usage; empty for none
/// @param validFor its validity; empty for a practically unlimited one
public record CertificateRequest(
    String commonName,
    Optional<Endpoint> endpoint,
    List<AlternativeName> alternativeNames,
    Optional<Duration> validFor) {
  public CertificateRequest {
    alternativeNames = List.copyOf(alternativeNames);
  }

  /// The side of a connection that a certificate is for.
  public enum Endpoint {
    SERVER,
    CLIENT
  }

  /// A name in the SubjectAltName extension.
  public sealed interface AlternativeName {
    /// A DNS name.
    record Dns(String name) implements AlternativeName {}

    /// An IP address as written, always a valid literal.
    record Ip(String address) implements AlternativeName {}
  }
}
