package dev.testudo.trust.attest.intel;

import dev.testudo.policy.evidence.Endorsement;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.IntelTcb;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.Check;
import dev.testudo.trust.attest.evidence.Checks;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import java.util.Optional;

/// Verifies quotes of Intel's DCAP. The order is: format, PCK chain, signatures, binding,
/// collateral, dates, revocation, TCB. Documents are asked for only after the signatures were
/// verified, so that strangers cannot make anybody fetch some.
public final class IntelVerifier {
  private IntelVerifier() {}

  /// Verifies a quote.
  ///
  /// @param quote a quote; zeros may follow it
  /// @param tee what the quote must be of
  /// @param expected the report data that it must have, if that is known
  /// @param checks records what was checked
  /// @return the claims, of the kind that belongs to `tee`
  public static EvidenceClaims verify(
      Octets quote,
      Tee tee,
      Optional<ReportData> expected,
      VerificationContext context,
      Checks checks)
      throws EvidenceException {
    var parsed = Quote.parse(quote);
    if (parsed.header().tee() != tee) {
      throw QuoteReader.malformed(
          "the quote is of %s, not of %s".formatted(parsed.header().tee(), tee));
    }
    checks.passed(
        Check.QUOTE_FORMAT,
        "version %d, %s, %d zeros behind it"
            .formatted(parsed.header().version(), tee, parsed.padding()));
    var pck = SignedQuote.verify(parsed, context, checks);
    checkBinding(parsed.body(), expected, checks);
    var collateral = IntelCollateral.find(parsed.header().tee(), pck, context);
    var deadlines = new Deadlines(context.at(), context.grace());
    collateral.check(pck, deadlines, checks);
    var tcb = tcb(parsed, pck, collateral, checks);
    var endorsement = new Endorsement(pck.chain().root(), deadlines.expiries());
    return IntelClaims.of(parsed, pck.extension(), tcb, endorsement);
  }

  private static void checkBinding(QuoteBody body, Optional<ReportData> expected, Checks checks)
      throws EvidenceException {
    if (expected.isPresent()) {
      if (!body.reportData().hex().equals(expected.get().hex())) {
        throw new EvidenceException(
            RejectionId.NOT_BOUND,
            "the report data of the quote is not that of the key of this connection and the nonce");
      }
      checks.passed(Check.REPORT_DATA, "equal");
    }
  }

  private static IntelTcb tcb(
      Quote quote, PckCertificate pck, IntelCollateral collateral, Checks checks)
      throws EvidenceException {
    var report = quote.signature().qeReport();
    var identity = collateral.qeIdentity().content();
    identity.check(report);
    checks.passed(
        Check.QE_IDENTITY,
        "Intel's, ISVPRODID %d, ISVSVN %d".formatted(report.productId(), report.svn()));
    var info = collateral.tcbInfo().content();
    var tcb = new TcbDecision(pck.extension().tcb(), info, identity).decide(quote.body(), report);
    for (var part : tcb.parts()) {
      checks.passed(
          Check.TCB_LEVEL, "%s: %s, %s".formatted(part.kind(), part.status(), part.date()));
    }
    checks.passed(Check.TCB_STATUS, tcb.status().toString());
    return tcb;
  }
}
