package dev.testudo.trust.collateral;

import java.time.Instant;
import java.util.OptionalLong;

/// What a document says about itself, after its signature was verified.
///
/// @param issued when it was issued: `issueDate`, `thisUpdate`, or the start of the latest
///     certificate
/// @param ends the last instant at which it is valid: `nextUpdate`, or the end of the earliest
///     certificate
/// @param signerEnds the end of the earliest certificate of who signed it
/// @param evaluation Intel's `tcbEvaluationDataNumber`, which counts TCB recovery events; absent
///     for documents that have none
public record DocumentFacts(
    Instant issued, Instant ends, Instant signerEnds, OptionalLong evaluation) {
  /// Returns the first instant at which the document, or a certificate of its signer, ends.
  public Instant firstEnd() {
    return ends.isBefore(signerEnds) ? ends : signerEnds;
  }
}
