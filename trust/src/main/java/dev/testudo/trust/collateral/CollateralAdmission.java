package dev.testudo.trust.collateral;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.collateral.CollateralException.Fault;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/// Decides which documents enter a folder: those that the manufacturer has signed, that are valid
/// now, and that are not older than what is there. An attacker who delivers documents could
/// otherwise replay one from before a TCB recovery, which is valid for a month.
///
/// @param folder where they are kept
/// @param verifier verifies them
/// @param allowOlder true if the operator wants to go back to an older document
public record CollateralAdmission(
    CollateralFolder folder, DocumentVerifier verifier, boolean allowOlder) {

  /// How much the clocks of this machine and of the publisher may differ.
  private static final Duration SKEW = Duration.ofMinutes(10);

  /// What has become of a document.
  public enum Outcome {
    /// There was none of its name.
    ADDED,
    /// It replaces an older one.
    REPLACED,
    /// The same one was there.
    UNCHANGED;

    /// Returns the word for lists, such as `added`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A document that was kept.
  public record Admitted(StoredDocument stored, DocumentFacts facts, Outcome outcome) {}

  /// Verifies a document and keeps it.
  ///
  /// @param now the present; documents that have ended by then are refused
  /// @throws CollateralException if it is refused
  public Admitted admit(Document document, Instant now) throws IOException {
    var facts = verified(document, now);
    try (var change = folder.change()) {
      return admit(change, document, facts, now);
    }
  }

  /// Verifies a document without keeping it.
  ///
  /// @throws CollateralException if it would be refused
  public DocumentFacts verified(Document document, Instant now) throws CollateralException {
    DocumentFacts facts;
    try {
      facts = verifier.verify(document);
    } catch (EvidenceException e) {
      throw new CollateralException(
          Fault.NOT_GENUINE, "`%s` is refused: %s".formatted(document.id(), e.reason()));
    }
    if (facts.firstEnd().isBefore(now)) {
      throw new CollateralException(
          Fault.OUTSIDE_VALIDITY,
          "`%s` is refused: %s ended at %s"
              .formatted(
                  document.id(),
                  facts.ends().isBefore(now) ? "it" : "a certificate of its signer",
                  facts.firstEnd()));
    }
    if (facts.issued().isAfter(now.plus(SKEW))) {
      throw new CollateralException(
          Fault.OUTSIDE_VALIDITY,
          "`%s` is refused: it is valid only from %s on; is the clock of this machine right?"
              .formatted(document.id(), facts.issued()));
    }
    return facts;
  }

  /// Keeps a document that was verified, while a folder is being changed.
  ///
  /// @throws CollateralException if a newer one is there, or there is no room
  public Admitted admit(FolderChange change, Document document, DocumentFacts facts, Instant now)
      throws IOException {
    var before = change.find(document.id());
    if (before.isPresent() && before.get().document().equals(document)) {
      return new Admitted(before.get(), facts, Outcome.UNCHANGED);
    }
    if (before.isPresent() && !allowOlder) {
      var reason = older(before.get().document(), facts);
      if (reason.isPresent() && isCertificate(document.id())) {
        return new Admitted(before.get(), facts, Outcome.UNCHANGED);
      }
      if (reason.isPresent()) {
        throw new CollateralException(
            Fault.OLDER,
            "`%s` is refused: %s; `--allow-older` goes back"
                .formatted(document.id(), reason.get()));
      }
    }
    var stored = new StoredDocument(document, now.truncatedTo(ChronoUnit.SECONDS));
    change.put(stored);
    return new Admitted(stored, facts, before.isPresent() ? Outcome.REPLACED : Outcome.ADDED);
  }

  /// Of two certificates for the same chip and version, both say the same: the later one is kept.
  private static boolean isCertificate(DocumentId id) {
    return id instanceof DocumentId.Vcek || id instanceof DocumentId.AmdChain;
  }

  /// What is there but is not genuine protects nothing.
  private Optional<String> older(Document before, DocumentFacts facts) {
    try {
      return older(verifier.verify(before), facts);
    } catch (EvidenceException e) {
      return Optional.empty();
    }
  }

  /// Returns why a document is older than another one. The evaluation number counts more than the
  /// date, because Intel issues documents with an earlier number every day, too.
  private static Optional<String> older(DocumentFacts known, DocumentFacts facts) {
    var before = known.evaluation().orElse(0);
    var after = facts.evaluation().orElse(0);
    if (after < before) {
      return Optional.of(
          "its evaluation number is %d, and the folder has %d".formatted(after, before));
    }
    if (after == before && facts.issued().isBefore(known.issued())) {
      return Optional.of(
          "it was issued at %s, and the one in the folder at %s"
              .formatted(facts.issued(), known.issued()));
    }
    return Optional.empty();
  }
}
