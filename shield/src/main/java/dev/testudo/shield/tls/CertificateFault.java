package dev.testudo.shield.tls;

/// Why a peer's certificate is refused, as far as a TLS alert can express it.
enum CertificateFault {
  /// It does not chain to an authority of the rule.
  UNKNOWN_AUTHORITY,
  /// It, or a certificate above it, has expired.
  EXPIRED,
  /// It is not valid yet.
  NOT_YET_VALID,
  /// An algorithm or key in it is too weak.
  WEAK,
  /// Any other reason: wrong name, purpose or kind.
  OTHER
}
