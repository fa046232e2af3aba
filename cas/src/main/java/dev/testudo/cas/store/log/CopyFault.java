package dev.testudo.cas.store.log;

import dev.testudo.cas.store.database.StoreException;

/// What is wrong with the copy of the audit log.
///
/// @param text in words, with the place
public record CopyFault(StoreException.Reason reason, String text) {}
