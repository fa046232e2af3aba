package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.pki.EcdsaKey;
import dev.testudo.trust.pki.EcdsaKey.Curve;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.util.Comparator;
import java.util.OptionalInt;

/// What a document of Intel says about itself, apart from any quote. For those who store documents:
/// its signature leads to a pinned key, and it is the document that its id names. Dates are not
/// checked.
///
/// @param issued the first instant at which it is valid
/// @param nextUpdate the last one
/// @param signerEnds the end of the earliest certificate of who signed it; for the list of Intel's
///     root, whose key is pinned, that of the list
/// @param evaluationNumber the TCB recovery event that it knows of; revocation lists have none
public record IntelPublication(
    Instant issued, Instant nextUpdate, Instant signerEnds, OptionalInt evaluationNumber) {

  /// Verifies a document.
  ///
  /// @param document with the chain of its issuer; the list of Intel's root needs none
  /// @throws IllegalArgumentException if the id is not one of Intel's
  public static IntelPublication verify(Document document, HardwareRoots roots)
      throws EvidenceException {
    return switch (document.id()) {
      case DocumentId.TcbInfo id -> tcbInfo(document, id, roots);
      case DocumentId.QeIdentity id -> {
        var identity = IntelDocuments.qeIdentity(document, id.tee(), IntelDocuments.chains(roots));
        yield of(
            identity.content().period(),
            identity.chain(),
            OptionalInt.of(identity.content().evaluationNumber()));
      }
      case DocumentId.PckCrl id -> pckCrl(document, id, roots);
      case DocumentId.IntelRootCrl _ -> {
        var period = rootCrl(document, roots).period();
        yield new IntelPublication(
            period.from(), period.until(), period.until(), OptionalInt.empty());
      }
      case DocumentId.AmdChain _, DocumentId.AmdCrl _, DocumentId.Vcek _ ->
          throw new IllegalArgumentException("not a document of Intel: " + document.id());
    };
  }

  private static IntelPublication of(
      Period period, IntelChain signers, OptionalInt evaluationNumber) {
    var signerEnds =
        signers.certificates().stream()
            .map(IntelCertificate::notAfter)
            .min(Comparator.naturalOrder())
            .orElseThrow();
    return new IntelPublication(period.from(), period.until(), signerEnds, evaluationNumber);
  }

  private static IntelPublication tcbInfo(
      Document document, DocumentId.TcbInfo id, HardwareRoots roots) throws EvidenceException {
    var signed = IntelDocuments.tcbInfo(document, id.tee(), IntelDocuments.chains(roots));
    var info = signed.content();
    if (!info.platform().fmspc().equals(id.fmspc())) {
      throw new EvidenceException(
          RejectionId.COLLATERAL_MISMATCH,
          "the document %s is about FMSPC %s".formatted(id, info.platform().fmspc()));
    }
    return of(info.period(), signed.chain(), OptionalInt.of(info.evaluationNumber()));
  }

  private static IntelPublication pckCrl(
      Document document, DocumentId.PckCrl id, HardwareRoots roots) throws EvidenceException {
    var chain =
        IntelChain.verify(
            document.issuerChain(),
            IntelChain.Kind.PCK_CA_CHAIN,
            roots,
            RejectionId.COLLATERAL_WRONG);
    var ca = chain.leaf();
    if (PckCertificate.ca(ca) != id.ca()) {
      throw new EvidenceException(
          RejectionId.COLLATERAL_MISMATCH,
          "the document %s is by `%s`".formatted(id, ca.commonName()));
    }
    var list = IntelCrl.verify(document, ca.subject(), ca.key());
    return of(list.period(), chain, OptionalInt.empty());
  }

  private static IntelCrl rootCrl(Document document, HardwareRoots roots) throws EvidenceException {
    var last =
        new EvidenceException(
            RejectionId.COLLATERAL_WRONG,
            "the document %s: no root of Intel is pinned".formatted(document.id()));
    for (var root : roots.intel()) {
      try {
        return IntelCrl.verify(document, EcdsaKey.of(Curve.P256, root.point().toBytes()));
      } catch (EvidenceException e) {
        last = e;
      } catch (InvalidKeyException e) {
        throw new IllegalArgumentException("a pinned root is not a point on P-256", e);
      }
    }
    throw last;
  }
}
