package dev.testudo.trust.attest.evidence;

import java.util.Set;

/// Evidence, or what is published about its platform, is not as it must be. The only exception that
/// parsers and verifiers throw for what they are given.
public final class EvidenceException extends Exception {
  private static final long serialVersionUID = 1;

  private final RejectionId id;
  private final transient Set<DocumentId> missing;

  /// Creates an exception.
  ///
  /// @param reason what is wrong, in one line
  public EvidenceException(RejectionId id, String reason) {
    this(id, reason, Set.of());
  }

  /// Creates an exception for documents that are not available.
  public EvidenceException(RejectionId id, String reason, Set<DocumentId> missing) {
    super(reason);
    this.id = id;
    this.missing = Set.copyOf(missing);
  }

  /// Returns the kind of fault.
  public RejectionId id() {
    return id;
  }

  /// Returns what is wrong, in one line.
  public String reason() {
    return String.valueOf(getMessage());
  }

  /// Returns the documents that are missing.
  public Set<DocumentId> missing() {
    return missing;
  }
}
