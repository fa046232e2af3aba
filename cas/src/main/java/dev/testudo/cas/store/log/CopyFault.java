package dev.testudo.cas.store.log;

import dev.testudo.cas.store.database.StoreException;

/// What is wrong with the copy of the audit log, or with its anchor.
///
/// @param text in words, with the place
/// @param isOfAnchor true if the anchor does not match, false if the copy does not
public record CopyFault(StoreException.Reason reason, String text, boolean isOfAnchor) {
  /// Creates a fault of the copy.
  public CopyFault(StoreException.Reason reason, String text) {
    this(reason, text, false);
  }
}
