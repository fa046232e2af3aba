package dev.testudo.shield.tls;

/// Why a peer's certificate is refused, as far as TLS can tell the peer.
enum CertificateFault {
  /// It does not chain to an authority of the rule.
  UNKNOWN_AUTHORITY,
  /// It, or one above it, has ended.
  EXPIRED,
  /// It is not valid yet.
  NOT_YET_VALID,
  /// An algorithm or key in it is too weak.
  WEAK,
  /// Anything else: wrong name, wrong use, wrong kind.
  OTHER
}
