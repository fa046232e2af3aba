package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds the certificates of the key that signed a report: those that came with it, or published
/// ones.
///
/// Which VCEK to look for, only the report says, and nothing about a report is verified before the
/// VCEK is there. Anybody can name any chip. So whoever downloads what is missing here has to limit
/// how much of it one caller can cause.
final class AmdCertificates {
  private final AttestationReport report;
  private final SnpKey kind;
  private final VerificationContext context;

  AmdCertificates(AttestationReport report, SnpKey kind, VerificationContext context) {
    this.report = report;
    this.kind = kind;
    this.context = context;
  }

  /// Returns the verified chain of the signing key.
  ///
  /// @throws EvidenceException if a certificate is missing or wrong
  VerifiedChain chain(SentCertificates sent) throws EvidenceException {
    var leaf = sent.leaf();
    if (leaf.isEmpty()) {
      leaf = publishedLeaf();
    }
    var authorities = sent.authorities();
    if (leaf.isPresent() && authorities.isEmpty()) {
      authorities =
          publishedAuthorities(VerifiedChain.generation(AmdCertificate.parse(leaf.get()), kind));
    }
    if (leaf.isEmpty() || authorities.isEmpty()) {
      throw missing(leaf, authorities);
    }
    return verify(leaf.get(), authorities);
  }

  private VerifiedChain verify(Octets leaf, List<Octets> authorities) throws EvidenceException {
    var inputs = new ArrayList<>(List.of(leaf));
    inputs.addAll(authorities);
    return context
        .memory()
        .remember(
            VerifiedChain.class,
            "amd-chain-of-" + kind.text(),
            inputs,
            () -> VerifiedChain.verify(kind, leaf, authorities));
  }

  private Optional<Octets> publishedLeaf() throws EvidenceException {
    for (var id : leafIds()) {
      var document = context.collateral().find(id);
      if (document.isPresent()) {
        return read(document.get()).stream().findFirst();
      }
    }
    return Optional.empty();
  }

  private List<Octets> publishedAuthorities(SnpGeneration generation) throws EvidenceException {
    var document = context.collateral().find(new DocumentId.AmdChain(generation.product(), kind));
    return document.isPresent() ? certificates(document.get()) : List.of();
  }

  private List<Octets> certificates(Document document) throws EvidenceException {
    return context
        .memory()
        .remember(
            Parts.class,
            "amd-chain-document",
            List.of(document.body()),
            () -> new Parts(read(document)))
        .all();
  }

  private static List<Octets> read(Document document) throws EvidenceException {
    return SentCertificates.read(document.body(), RejectionId.COLLATERAL_WRONG);
  }

  private record Parts(List<Octets> all) {}

  /// Returns the names of the VCEK that may have signed. A report without CPUID does not tell Milan
  /// from Genoa.
  private List<DocumentId> leafIds() throws EvidenceException {
    var ids = new ArrayList<DocumentId>();
    if (kind == SnpKey.VCEK && !report.chipId().isZero()) {
      for (var generation : generations()) {
        ids.add(
            new DocumentId.Vcek(
                generation.product(),
                generation.hardwareId(report.chipId()).hex(),
                generation.tcb(report.reportedTcb())));
      }
    }
    return ids;
  }

  private List<SnpGeneration> generations() {
    return report.hasCpuid()
        ? report.generation().stream().toList()
        : List.of(SnpGeneration.MILAN, SnpGeneration.GENOA);
  }

  private EvidenceException missing(Optional<Octets> leaf, List<Octets> authorities)
      throws EvidenceException {
    Set<DocumentId> ids = new LinkedHashSet<>();
    var generations = generations();
    if (leaf.isEmpty()) {
      ids.addAll(leafIds());
      if (ids.isEmpty()) {
        return new EvidenceException(RejectionId.COLLATERAL_MISSING, onlyTheHost());
      }
    } else {
      generations = List.of(VerifiedChain.generation(AmdCertificate.parse(leaf.get()), kind));
    }
    if (authorities.isEmpty()) {
      generations.stream()
          .map(generation -> new DocumentId.AmdChain(generation.product(), kind))
          .filter(id -> context.collateral().find(id).isEmpty())
          .forEach(ids::add);
    }
    return new EvidenceException(
        RejectionId.COLLATERAL_MISSING,
        "the certificates of the report's signing key are not available: "
            + String.join(", ", ids.stream().map(Object::toString).toList()),
        ids);
  }

  private String onlyTheHost() {
    var why =
        kind == SnpKey.VLEK
            ? "AMD publishes no VLEK certificates"
            : report.chipId().isZero()
                ? "the host hides the chip's id"
                : "the processor (%s) is not known here".formatted(report.cpuid());
    return why + ", so the certificate must come with the report; ask the host's operator for it";
  }
}
