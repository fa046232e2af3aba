package dev.testudo.image.registry.http;

/// The ways in which an exchange with an HTTP server fails before it has an answer that can be
/// judged.
public enum LinkFault {
  /// The name has no address, or no connection could be made.
  UNREACHABLE(true),
  /// The TLS handshake failed, usually because the certificate is not trusted.
  TLS(false),
  /// What listens there does not speak TLS.
  NOT_TLS(false),
  /// The server sent or took too few bytes for too long.
  SLOW(true),
  /// The connection ended in the middle of a request or an answer.
  CUT(true),
  /// The request would have gone over plain HTTP to a host for which that is not permitted.
  PLAIN_HTTP(false),
  /// The server redirects too often, to nowhere, or from HTTPS to HTTP.
  REDIRECT(false),
  /// A URL that cannot be used.
  ADDRESS(false),
  /// An answer, or a part of it, is longer than its limit.
  TOO_LARGE(false);

  private final boolean passing;

  LinkFault(boolean passing) {
    this.passing = passing;
  }

  /// Returns true if the same request may succeed a moment later.
  public boolean isPassing() {
    return passing;
  }
}
