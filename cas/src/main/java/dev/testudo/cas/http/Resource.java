package dev.testudo.cas.http;

import dev.testudo.cas.refusal.Refused;
import java.io.IOException;

/// What answers requests of one method for one path.
///
/// @param bodyLimit most bytes of a request's body
/// @param needsKey whether the caller must show a certificate
/// @param light whether the answer costs next to nothing, so that no request for it needs a turn
/// @param answering makes the answer
record Resource(int bodyLimit, boolean needsKey, boolean light, Answering answering) {
  /// Makes an answer.
  @FunctionalInterface
  interface Answering {
    /// The answer, or why there is none.
    HttpAnswer to(Exchange exchange) throws Refused, IOException;
  }

  static Resource posted(int bodyLimit, Answering answering) {
    return new Resource(bodyLimit, true, false, answering);
  }

  static Resource forKeys(Answering answering) {
    return new Resource(0, true, false, answering);
  }

  static Resource forAnybody(Answering answering) {
    return new Resource(0, false, false, answering);
  }

  /// The same, whose answer costs next to nothing.
  Resource asLight() {
    return new Resource(bodyLimit, needsKey, true, answering);
  }
}
