package dev.testudo.cas.http;

import dev.testudo.cas.caller.Caller;
import java.util.Optional;

/// One request in the form that routes use.
final class Exchange {
  private final Caller caller;
  private final String path;
  private final Optional<String> query;
  private final byte[] body;

  /// Creates an exchange.
  ///
  /// @param path exactly as it was sent, not decoded
  /// @param query the part after `?`, if there is one
  /// @param body the whole body
  Exchange(Caller caller, String path, Optional<String> query, byte[] body) {
    this.caller = caller;
    this.path = path;
    this.query = query;
    this.body = body;
  }

  Caller caller() {
    return caller;
  }

  String path() {
    return path;
  }

  Optional<String> query() {
    return query;
  }

  byte[] body() {
    return body;
  }
}
