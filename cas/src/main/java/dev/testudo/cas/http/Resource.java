package dev.testudo.cas.http;

import dev.testudo.cas.refusal.Refused;
import java.io.IOException;

/// What answers requests of one method for one path.
///
/// @param bodyLimit most bytes of a request's body
/// @param needsKey whether the caller must show a certificate
/// @param answering makes the answer
record Resource(int bodyLimit, boolean needsKey, Answering answering) {
  /// Makes an answer.
  @FunctionalInterface
  interface Answering {
    /// The answer, or why there is none.
    Answer to(Exchange exchange) throws Refused, IOException;
  }

  static Resource posted(int bodyLimit, Answering answering) {
    return new Resource(bodyLimit, true, answering);
  }

  static Resource forKeys(Answering answering) {
    return new Resource(0, true, answering);
  }

  static Resource forAnybody(Answering answering) {
    return new Resource(0, false, answering);
  }
}
