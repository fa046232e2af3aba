package dev.testudo.trust.attest.amd;

import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.AmdChain;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.DocumentId.Vcek;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// What a document of AMD says about itself, apart from any report. For those who store documents:
/// its signature leads to a pinned root, and it is the document that its id names. Dates are not
/// checked.
///
/// @param issued the first instant at which it is valid; of a chain the start of its latest
///     certificate
/// @param ends the last one; of a chain the end of its earliest certificate
/// @param signerEnds the end of the earliest certificate of who signed it
public record AmdPublication(Instant issued, Instant ends, Instant signerEnds) {

  /// Verifies a document.
  ///
  /// @param others where the chains are: a VCEK and a revocation list are verified with one
  /// @throws EvidenceException also if the chain is missing
  /// @throws IllegalArgumentException if the id is not one of AMD's
  public static AmdPublication verify(Document document, Collateral others, HardwareRoots roots)
      throws EvidenceException {
    return switch (document.id()) {
      case AmdChain id -> {
        var chain = authorities(document, id, roots);
        yield new AmdPublication(issued(chain), ends(chain), ends(chain));
      }
      case Vcek id -> vcek(document, id, others, roots);
      case DocumentId.AmdCrl(var product, var key) -> {
        var signer = signer(document.id(), new AmdChain(product, key), others, roots);
        var list = AmdCrl.verify(document, signer.root());
        yield new AmdPublication(list.thisUpdate(), list.nextUpdate(), signer.root().notAfter());
      }
      case DocumentId.TcbInfo _,
          DocumentId.QeIdentity _,
          DocumentId.PckCrl _,
          DocumentId.IntelRootCrl _ ->
          throw new IllegalArgumentException("not a document of AMD: " + document.id());
    };
  }

  /// Returns the authorities of a document, with verified signatures.
  private static AmdAuthorities authorities(Document document, AmdChain id, HardwareRoots roots)
      throws EvidenceException {
    var generation =
        SnpGeneration.ofProduct(id.product())
            .orElseThrow(
                () -> wrong(id, "`%s` is none of Milan, Genoa and Turin".formatted(id.product())));
    var certificates = SentCertificates.read(document.body(), RejectionId.COLLATERAL_WRONG);
    try {
      var authorities = AmdAuthorities.of(certificates, generation, id.key(), roots);
      authorities.verify(id.key());
      return authorities;
    } catch (EvidenceException e) {
      throw wrong(id, e.reason());
    }
  }

  private static Instant issued(AmdAuthorities chain) {
    var begin = chain.intermediate().notBefore();
    var rootBegin = chain.root().notBefore();
    return begin.isAfter(rootBegin) ? begin : rootBegin;
  }

  private static Instant ends(AmdAuthorities chain) {
    var end = chain.intermediate().notAfter();
    var rootEnd = chain.root().notAfter();
    return end.isBefore(rootEnd) ? end : rootEnd;
  }

  private static AmdPublication vcek(
      Document document, Vcek id, Collateral others, HardwareRoots roots) throws EvidenceException {
    var signer = signer(id, new AmdChain(id.product(), SnpKey.VCEK), others, roots);
    var all = SentCertificates.read(document.body(), RejectionId.COLLATERAL_WRONG);
    if (all.size() != 1) {
      throw wrong(id, "it is not one certificate");
    }
    var chain = chain(id, all.getFirst(), signer);
    if (!isAbout(chain.extensions(), id)) {
      throw new EvidenceException(
          RejectionId.COLLATERAL_MISMATCH,
          "the document %s is about another chip or another TCB version".formatted(id));
    }
    return new AmdPublication(chain.leaf().notBefore(), chain.leaf().notAfter(), ends(signer));
  }

  private static VerifiedChain chain(Vcek id, Octets der, AmdAuthorities signer)
      throws EvidenceException {
    try {
      return VerifiedChain.verify(SnpKey.VCEK, AmdCertificate.parse(der), signer);
    } catch (EvidenceException e) {
      throw wrong(id, e.reason());
    }
  }

  private static boolean isAbout(LeafExtensions certified, Vcek id) {
    var versions = certified.versions();
    var tcb =
        new SnpTcb(
            Optional.ofNullable(versions.get(TcbComponent.FMC)),
            versions.getOrDefault(TcbComponent.BOOT_LOADER, -1),
            versions.getOrDefault(TcbComponent.TEE, -1),
            versions.getOrDefault(TcbComponent.SNP, -1),
            versions.getOrDefault(TcbComponent.MICROCODE, -1));
    return tcb.equals(id.tcb())
        && certified.hardwareId().map(Octets::hex).equals(Optional.of(id.chipId()));
  }

  private static AmdAuthorities signer(
      DocumentId id, AmdChain chain, Collateral others, HardwareRoots roots)
      throws EvidenceException {
    var document = others.find(chain);
    if (document.isEmpty()) {
      throw new EvidenceException(
          RejectionId.COLLATERAL_MISSING,
          "the document %s needs %s, which is not there".formatted(id, chain),
          Set.of(chain));
    }
    return authorities(document.get(), chain, roots);
  }

  private static EvidenceException wrong(DocumentId id, String reason) {
    return new EvidenceException(
        RejectionId.COLLATERAL_WRONG, "the document %s: %s".formatted(id, reason));
  }
}
