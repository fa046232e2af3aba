package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.Vectors.Vector;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.generator.CertificateTableBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The files of a SEV-SNP vector as evidence and collateral.
public final class SnpVectors {
  private SnpVectors() {}

  /// Verifies the report of a vector with the certificates that its host sends.
  public static Verification verify(Vector vector) throws EvidenceException {
    var evidence = new Evidence.SnpReport(vector.file("report"), Optional.of(table(vector)));
    return Verifier.verify(evidence, Optional.empty(), context(Collateral.NONE, vector.at()));
  }

  /// Returns what the vendors have published, and nothing else.
  static VerificationContext context(Collateral collateral, Instant at) {
    return new VerificationContext(
        collateral, HardwareRoots.vendor(), at, Duration.ZERO, VerificationMemory.none());
  }

  /// Returns the certificates of a vector as a host's certificate table.
  static Octets table(Vector vector) throws EvidenceException {
    var chain = SentCertificates.read(vector.file("chain"), RejectionId.MALFORMED_EVIDENCE);
    var leaf =
        SentCertificates.read(vector.file("leaf"), RejectionId.MALFORMED_EVIDENCE).getFirst();
    var isVlek = vector.name().contains("vlek");
    return new CertificateTableBuilder()
        .add(isVlek ? CertificateTableBuilder.VLEK : CertificateTableBuilder.VCEK, leaf)
        .add(CertificateTableBuilder.ASK, chain.getFirst())
        .add(CertificateTableBuilder.ARK, chain.getLast())
        .build();
  }

  /// Returns the certificates of a vector as published documents.
  static Collateral published(Vector vector) {
    return id ->
        switch (id) {
          case DocumentId.Vcek _ -> document(id, vector.file("leaf"));
          case DocumentId.AmdChain _ -> document(id, vector.file("chain"));
          default -> Optional.empty();
        };
  }

  static Optional<Document> document(DocumentId id, Octets body) {
    return Optional.of(new Document(id, body, Octets.of(new byte[0])));
  }
}
