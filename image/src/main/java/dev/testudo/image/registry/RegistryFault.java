package dev.testudo.image.registry;

import dev.testudo.image.registry.http.LinkFault;

/// The ways in which a request to a registry fails.
public enum RegistryFault {
  /// No connection: the name has no address, nothing listens, or the network is down.
  UNREACHABLE(true, "check the name and the port, and whether the registry runs"),
  /// The registry's certificate is not trusted, or the TLS handshake failed.
  TLS(
      false,
      "if the registry has an authority of its own, put its certificate into"
          + " /etc/containers/certs.d/%s/ca.crt"),
  /// The registry sent or took too few bytes for too long.
  SLOW(true, "try again later"),
  /// The connection ended in the middle of a transfer.
  CUT(true, "try again; what the registry already has is not sent again"),
  /// The request would have gone over plain HTTP.
  PLAIN_HTTP(false, "give the registry TLS, or name it as insecure"),
  /// The registry redirects too often, to nowhere, or from HTTPS to HTTP.
  REDIRECT(false, "tell the registry's operator; its external URL is probably misconfigured"),
  /// 401, or the token server gives no token.
  UNAUTHORIZED(false, "log in with `podman login %s` or `docker login %s`"),
  /// 403.
  FORBIDDEN(false, "ask the owner of the repository for the right to do this"),
  /// 404.
  NOT_FOUND(false, "check the name of the image"),
  /// 429, and the registry's limit did not pass in the time that Testudo waits.
  TOO_MANY_REQUESTS(true, "wait, or log in as a user with a higher limit"),
  /// 5xx or 408.
  SERVER(true, "try again later; the registry's log says more"),
  /// Another status that is no success.
  REFUSED(false, "the registry's log says more"),
  /// The answer is not one of a registry.
  MALFORMED(false, "check whether a registry listens there"),
  /// An answer exceeds a limit.
  TOO_LARGE(false, "check whether a registry listens there"),
  /// Stored credentials cannot be used.
  CREDENTIALS(false, "correct the stored credentials");

  private final boolean passing;
  private final String advice;

  RegistryFault(boolean passing, String advice) {
    this.passing = passing;
    this.advice = advice;
  }

  /// Returns true if the same request may succeed a moment later.
  public boolean isPassing() {
    return passing;
  }

  /// Returns what the user can do.
  String advice(String registry) {
    return advice.replace("%s", registry);
  }

  static RegistryFault of(LinkFault fault) {
    return switch (fault) {
      case UNREACHABLE -> UNREACHABLE;
      case TLS, NOT_TLS -> TLS;
      case SLOW -> SLOW;
      case CUT -> CUT;
      case PLAIN_HTTP -> PLAIN_HTTP;
      case REDIRECT -> REDIRECT;
      case ADDRESS -> MALFORMED;
      case TOO_LARGE -> TOO_LARGE;
    };
  }

  /// Returns the fault for a status that is no success.
  static RegistryFault of(int status) {
    return switch (status) {
      case 401 -> UNAUTHORIZED;
      case 403 -> FORBIDDEN;
      case 404 -> NOT_FOUND;
      case 429 -> TOO_MANY_REQUESTS;
      case 408 -> SERVER;
      default -> status >= 500 ? SERVER : status >= 400 ? REFUSED : MALFORMED;
    };
  }
}
