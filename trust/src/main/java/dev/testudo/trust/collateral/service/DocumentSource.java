package dev.testudo.trust.collateral.service;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.collateral.CollateralException;
import java.io.IOException;

/// Where documents come from.
public interface DocumentSource {
  /// Asks for a document. Nothing about the answer is verified.
  ///
  /// @throws CollateralException if it cannot be had; the message names it
  Document fetch(DocumentId id) throws IOException;
}
