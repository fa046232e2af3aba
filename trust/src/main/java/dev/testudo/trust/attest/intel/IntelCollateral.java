package dev.testudo.trust.attest.intel;

import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.Check;
import dev.testudo.trust.attest.evidence.Checks;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.intel.IntelDocuments.Signed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// What Intel publishes about a platform, with verified signatures.
final class IntelCollateral {
  private final DocumentId.TcbInfo tcbInfoId;
  private final DocumentId.QeIdentity qeIdentityId;
  private final DocumentId.PckCrl pckCrlId;
  private final DocumentId.IntelRootCrl rootCrlId = new DocumentId.IntelRootCrl();
  private final Map<DocumentId, Document> documents = new LinkedHashMap<>();
  private final Signed<TcbInfo> tcbInfo;
  private final Signed<QeIdentity> qeIdentity;
  private final IntelCrl pckCrl;
  private final IntelCrl rootCrl;

  private IntelCollateral(Tee tee, PckCertificate pck, VerificationContext context)
      throws EvidenceException {
    tcbInfoId = new DocumentId.TcbInfo(tee, pck.extension().fmspc().hex());
    qeIdentityId = new DocumentId.QeIdentity(tee);
    pckCrlId = new DocumentId.PckCrl(pck.ca());
    collect(context);
    var memory = new Remembered(context);
    tcbInfo = memory.tcbInfo(document(tcbInfoId), tee);
    qeIdentity = memory.qeIdentity(document(qeIdentityId), tee);
    var root = pck.chain().rootCertificate();
    checkRoot(root, tcbInfo.chain(), tcbInfoId);
    checkRoot(root, qeIdentity.chain(), qeIdentityId);
    pckCrl = memory.crl(document(pckCrlId), pck.issuer());
    rootCrl = memory.crl(document(rootCrlId), root);
  }

  /// Finds the documents for a platform and verifies their signatures.
  ///
  /// @throws EvidenceException if some are missing, with all of them
  static IntelCollateral find(Tee tee, PckCertificate pck, VerificationContext context)
      throws EvidenceException {
    return new IntelCollateral(tee, pck, context);
  }

  Signed<TcbInfo> tcbInfo() {
    return tcbInfo;
  }

  Signed<QeIdentity> qeIdentity() {
    return qeIdentity;
  }

  private void collect(VerificationContext context) throws EvidenceException {
    var missing = new ArrayList<DocumentId>();
    for (DocumentId id : List.of(tcbInfoId, qeIdentityId, pckCrlId, rootCrlId)) {
      context
          .collateral()
          .find(id)
          .ifPresentOrElse(found -> documents.put(id, found), () -> missing.add(id));
    }
    if (!missing.isEmpty()) {
      var names = missing.stream().map(DocumentId::toString).collect(Collectors.joining(", "));
      throw new EvidenceException(
          RejectionId.COLLATERAL_MISSING,
          "what Intel publishes about the platform is missing: " + names,
          Set.copyOf(missing));
    }
    for (var document : documents.values()) {
      if (Math.max(document.body().length(), document.issuerChain().length())
          > Document.MOST_BYTES) {
        throw new EvidenceException(
            RejectionId.COLLATERAL_WRONG,
            "the document %s has more than %d bytes".formatted(document.id(), Document.MOST_BYTES));
      }
    }
  }

  private Document document(DocumentId id) {
    var document = documents.get(id);
    if (document == null) {
      throw new IllegalStateException("not collected: " + id);
    }
    return document;
  }

  /// One pinned root must not vouch for what another one certified.
  private static void checkRoot(IntelCertificate root, IntelChain chain, DocumentId id)
      throws EvidenceException {
    var other = chain.rootCertificate();
    var sameKey = Octets.of(root.key().point()).equals(Octets.of(other.key().point()));
    if (!sameKey || !root.subject().equals(other.subject())) {
      throw new EvidenceException(
          RejectionId.COLLATERAL_WRONG,
          "the document %s is signed under another root than the quote".formatted(id));
    }
  }

  /// Checks that everything is about this platform, valid now, and not revoked.
  void check(PckCertificate pck, Deadlines deadlines, Checks checks) throws EvidenceException {
    var platform = tcbInfo.content().platform();
    var expected =
        new TcbInfo.Platform(pck.extension().fmspc().hex(), pck.extension().pceId().hex());
    if (!platform.equals(expected)) {
      throw new EvidenceException(
          RejectionId.COLLATERAL_MISMATCH,
          "the document %s is about FMSPC %s and PCEID %s, the platform has %s and %s"
              .formatted(
                  tcbInfoId,
                  platform.fmspc(),
                  platform.pceId(),
                  expected.fmspc(),
                  expected.pceId()));
    }
    checkDates(pck, deadlines);
    checks.passed(Check.COLLATERAL, "signed by Intel, for FMSPC " + platform.fmspc());
    checks.passed(
        Check.DATES, "%d certificates and documents".formatted(deadlines.expiries().size()));
    checkRevocation(pck);
    checks.passed(Check.REVOCATION, "none of the certificates");
  }

  private void checkDates(PckCertificate pck, Deadlines deadlines) throws EvidenceException {
    deadlines.certificates(pck.chain());
    deadlines.certificates(tcbInfo.chain());
    deadlines.certificates(qeIdentity.chain());
    deadlines.document(tcbInfoId, tcbInfo.content().period());
    deadlines.document(qeIdentityId, qeIdentity.content().period());
    deadlines.document(pckCrlId, pckCrl.period());
    deadlines.document(rootCrlId, rootCrl.period());
  }

  private void checkRevocation(PckCertificate pck) throws EvidenceException {
    pckCrl.check(pck.chain().leaf());
    rootCrl.check(pck.issuer());
    for (var chain : List.of(pck.chain(), tcbInfo.chain(), qeIdentity.chain())) {
      rootCrl.check(chain.rootCertificate());
    }
    rootCrl.check(tcbInfo.chain().leaf());
    rootCrl.check(qeIdentity.chain().leaf());
  }
}
