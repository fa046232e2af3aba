package dev.testudo.cas.http;

import dev.testudo.cas.refusal.Refused;
import java.io.IOException;

/// The handler for requests of one method at one path.
///
/// @param bodyLimit the most bytes of a request's body
/// @param needsKey true if the caller must present a certificate
/// @param light true if the answer costs next to nothing, so that it is computed without
///     waiting for a turn
/// @param answering computes the answer
record Resource(int bodyLimit, boolean needsKey, boolean light, Answering answering) {
  /// Computes the answer to a request.
  @FunctionalInterface
  interface Answering {
    /// Returns the answer.
    ///
    /// @throws Refused if CAS refuses the request
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

  /// Returns the same resource with `light` set.
  Resource asLight() {
    return new Resource(bodyLimit, needsKey, true, answering);
  }
}
