package dev.testudo.trust.attest.amd;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import java.nio.charset.StandardCharsets;
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
    var leaf = certificate(sent);
    if (leaf.isEmpty()) {
      throw missing(leaf, sent.authorities().isEmpty());
    }
    var generation = VerifiedChain.generation(leaf.get(), kind);
    var authorities = sent.authorities();
    if (authorities.isEmpty()) {
      authorities = publishedAuthorities(generation);
    }
    if (authorities.isEmpty()) {
      throw missing(leaf, true);
    }
    return verify(leaf.get(), AmdAuthorities.of(authorities, generation, kind, context.roots()));
  }

  private Optional<AmdCertificate> certificate(SentCertificates sent) throws EvidenceException {
    var leaf = sent.leaf().isPresent() ? sent.leaf() : publishedLeaf();
    return leaf.isPresent() ? Optional.of(AmdCertificate.parse(leaf.get())) : Optional.empty();
  }

  /// Only chains under pinned roots come here, so only those are remembered.
  private VerifiedChain verify(AmdCertificate leaf, AmdAuthorities authorities)
      throws EvidenceException {
    return context
        .memory()
        .remember(
            VerifiedChain.class,
            "amd-chain-of-" + kind.text(),
            List.of(
                leaf.der(),
                authorities.intermediate().der(),
                authorities.root().der(),
                Octets.of(authorities.pinned().kind().name().getBytes(StandardCharsets.US_ASCII))),
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

  private EvidenceException missing(Optional<AmdCertificate> leaf, boolean lacksAuthorities)
      throws EvidenceException {
    Set<DocumentId> ids = new LinkedHashSet<>();
    var generations = generations();
    if (leaf.isEmpty()) {
      ids.addAll(leafIds());
      if (ids.isEmpty()) {
        return new EvidenceException(RejectionId.COLLATERAL_MISSING, onlyTheHost());
      }
    } else {
      generations = List.of(VerifiedChain.generation(leaf.get(), kind));
    }
    if (lacksAuthorities) {
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
