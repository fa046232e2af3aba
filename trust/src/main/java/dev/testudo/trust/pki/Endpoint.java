package dev.testudo.trust.pki;

/// The side of a TLS connection a certificate is for; becomes its extended key usage.
public enum Endpoint {
  /// `serverAuth`.
  SERVER,
  /// `clientAuth`.
  CLIENT
}
