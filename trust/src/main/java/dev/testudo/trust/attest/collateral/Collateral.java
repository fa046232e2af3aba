package dev.testudo.trust.attest.collateral;

import dev.testudo.trust.attest.evidence.DocumentId;
import java.util.Optional;

/// The documents that are at hand. Lookups read no network and no clock; the same id gives the same
/// document during one verification.
public interface Collateral {
  /// No documents, which suffices for software evidence.
  Collateral NONE = _ -> Optional.empty();

  /// Returns a document, not verified, if it is at hand.
  Optional<Document> find(DocumentId id);
}
