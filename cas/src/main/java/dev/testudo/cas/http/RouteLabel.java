package dev.testudo.cas.http;

/// The routes by which durations are counted. There are few, whatever paths callers send.
enum RouteLabel {
  /// Sessions: registered, read, listed, deleted.
  SESSIONS("/v1/sessions"),
  /// Rehearsals of updates.
  DIFF("/v1/diff"),
  /// Bundles and their status.
  BUNDLES("/v1/bundles"),
  /// Nonces.
  NONCE("/v1/attestation/nonce"),
  CREDENTIAL("/v1/attestation/credential"),
  /// Attestation and delivery.
  ATTESTATION("/v1/attestation"),
  /// Public values.
  VALUES("/v1/values"),
  /// Join tokens.
  TOKENS("/v1/tokens"),
  /// Reasons of refusals.
  REFUSALS("/v1/refusals"),
  /// Heads of other CAS.
  WITNESS("/v1/witness"),
  /// Everything else, such as health, metrics and unknown paths.
  OTHER("other");

  private final String text;

  RouteLabel(String text) {
    this.text = text;
  }

  /// Returns the value of the label.
  String text() {
    return text;
  }

  static RouteLabel of(String path) {
    for (var route : values()) {
      if (path.equals(route.text) || path.startsWith(route.text + "/")) {
        return route;
      }
    }
    return path.equals("/session") ? SESSIONS : OTHER;
  }
}
