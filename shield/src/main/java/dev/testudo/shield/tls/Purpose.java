package dev.testudo.shield.tls;

/// The purpose that a peer's certificate must serve (RFC 5280 §4.2.1.12).
enum Purpose {
  SERVER("1.3.6.1.5.5.7.3.1", "serverAuth"),
  CLIENT("1.3.6.1.5.5.7.3.2", "clientAuth");

  /// `anyExtendedKeyUsage`.
  static final String ANY = "2.5.29.37.0";

  final String oid;
  final String label;

  Purpose(String oid, String label) {
    this.oid = oid;
    this.label = label;
  }
}
