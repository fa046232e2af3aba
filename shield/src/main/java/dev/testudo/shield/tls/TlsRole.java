package dev.testudo.shield.tls;

/// Which end of a TLS connection an engine is (RFC 8446, section 2).
enum TlsRole {
  /// The end that opened the connection and sends the ClientHello.
  CLIENT,
  /// The other end.
  SERVER
}
