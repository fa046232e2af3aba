package dev.testudo.cas.http;

import dev.testudo.cas.caller.Caller;
import java.util.Optional;

/// One request as the routes see it.
final class Exchange {
  private final Caller caller;
  private final String path;
  private final Optional<String> query;
  private final byte[] body;

  /// @param path exactly as it was sent, not decoded
  /// @param query what follows `?`, if anything does
  /// @param body all of it
  Exchange(Caller caller, String path, Optional<String> query, byte[] body) {
    this.caller = caller;
    this.path = path;
    this.query = query;
    this.body = body;
  }

  /// Who makes it.
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
