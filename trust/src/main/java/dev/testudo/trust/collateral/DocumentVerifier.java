package dev.testudo.trust.collateral;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.EvidenceException;

/// Verifies documents on their own, without evidence.
public interface DocumentVerifier {
  /// Verifies the format of a document, that it is about what its id says, and that the
  /// manufacturer has signed it. Dates are not compared with any clock.
  ///
  /// @throws EvidenceException if something is not as it must be
  DocumentFacts verify(Document document) throws EvidenceException;
}
