package dev.testudo.trust.collateral;

import dev.testudo.trust.attest.amd.AmdPublication;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.intel.IntelPublication;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// Verifies documents with the roots of the manufacturers.
///
/// @param roots whose signatures count
/// @param others the documents that are there: certificates of chips and AMD's lists are verified
///     with AMD's chains
public record ManufacturerVerifier(HardwareRoots roots, Supplier<Collateral> others)
    implements DocumentVerifier {
  @Override
  public DocumentFacts verify(Document document) throws EvidenceException {
    return switch (document.id()) {
      case DocumentId.TcbInfo _,
          DocumentId.QeIdentity _,
          DocumentId.PckCrl _,
          DocumentId.IntelRootCrl _ ->
          intel(document);
      case DocumentId.AmdChain _, DocumentId.AmdCrl _, DocumentId.Vcek _ -> amd(document);
    };
  }

  private DocumentFacts intel(Document document) throws EvidenceException {
    var published = IntelPublication.verify(document, roots);
    var number = published.evaluationNumber();
    return new DocumentFacts(
        published.issued(),
        published.nextUpdate(),
        published.signerEnds(),
        number.isPresent() ? OptionalLong.of(number.getAsInt()) : OptionalLong.empty());
  }

  private DocumentFacts amd(Document document) throws EvidenceException {
    var published = AmdPublication.verify(document, others.get(), roots);
    return new DocumentFacts(
        published.issued(), published.ends(), published.signerEnds(), OptionalLong.empty());
  }
}
