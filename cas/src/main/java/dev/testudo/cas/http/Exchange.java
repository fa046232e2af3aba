package dev.testudo.cas.http;

import dev.testudo.cas.caller.Caller;
import dev.testudo.cas.refusal.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// One request as the routes see it.
///
/// @param caller who makes it
/// @param method `GET`, `POST`, …
/// @param path exactly as it was sent, not decoded
/// @param query what follows `?`, if anything does
/// @param body not read yet
record Exchange(
    Caller caller, String method, String path, Optional<String> query, InputStream body) {

  /// The whole body, which may have `limit` bytes.
  byte[] body(int limit) throws Refused, IOException {
    return new Body(body, System::nanoTime).read(limit);
  }
}
