package dev.testudo.cas.collateral;

import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.collateral.DocumentFacts;
import dev.testudo.trust.collateral.StoredDocument;

/// A document that was verified on its own.
record KnownDocument(StoredDocument stored, DocumentFacts facts) {
  DocumentId id() {
    return stored.id();
  }

  /// Returns whether its publisher replaces it from time to time. Certificates stay as they are.
  boolean isRenewed() {
    return switch (id()) {
      case DocumentId.TcbInfo _,
          DocumentId.QeIdentity _,
          DocumentId.PckCrl _,
          DocumentId.IntelRootCrl _,
          DocumentId.AmdCrl _ ->
          true;
      case DocumentId.AmdChain _, DocumentId.Vcek _ -> false;
    };
  }
}
