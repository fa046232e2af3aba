package dev.testudo.trust.pki;

/// The side of a TLS connection that a certificate is for. It determines the extended key usage.
public enum Endpoint {
  /// `serverAuth`.
  SERVER,
  /// `clientAuth`.
  CLIENT
}
