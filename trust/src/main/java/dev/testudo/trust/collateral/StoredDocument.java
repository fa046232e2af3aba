package dev.testudo.trust.collateral;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import java.time.Instant;

/// A document as it is kept.
///
/// @param received when it came from its publisher, or was imported; whole seconds
public record StoredDocument(Document document, Instant received) {
  /// Returns the name of the document.
  public DocumentId id() {
    return document.id();
  }
}
