package dev.testudo.shield.tls;

/// Why a peer's certificate is refused.
enum CertificateFault {
  /// It does not chain to an authority of the rule.
  UNKNOWN_AUTHORITY,
  /// It, or a certificate above it, has expired.
  EXPIRED,
  /// It is not valid yet.
  NOT_YET_VALID,
  /// An algorithm or key in it is too weak.
  WEAK,
  /// It is for another name.
  WRONG_NAME,
  /// It is not for this use.
  WRONG_USE,
  /// Its authority may not give a name that it has.
  FORBIDDEN_NAME,
  /// Its authority may not have so many others below it.
  TOO_MANY_AUTHORITIES,
  /// Any other reason.
  OTHER
}
