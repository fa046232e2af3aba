package dev.testudo.trust.attest.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.TcbStatus;
import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.collateral.Document;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.Checks;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.Tee;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.attest.intel.IntelVerifier;
import dev.testudo.trust.generator.AmdKeys;
import dev.testudo.trust.generator.HclReportBuilder;
import dev.testudo.trust.generator.IntelPlatformMaker;
import dev.testudo.trust.generator.QuoteMaker.Kind;
import dev.testudo.trust.generator.TpmQuoteBuilder;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Azure's evidence on TDX. No TPM's quote belongs to the real one, so the whole is tested with
/// keys of our own, and the real one up to the runtime data.
class AzureTdxTest {
  private static final ReportData MINE = new ReportData("5a".repeat(64));
  private static final KeyPair TPM = AmdKeys.intermediate();
  private static final Octets TD_REPORT = Octets.of(new byte[1024]);

  private final IntelPlatformMaker platform = IntelPlatformMaker.of(Kind.TDX_4);
  private final HclReportBuilder hcl = new HclReportBuilder((RSAPublicKey) TPM.getPublic());
  private final TpmQuoteBuilder quote = new TpmQuoteBuilder().extraData(MINE.tpmQualifyingData());

  private Verification verify(int type) {
    return Verifier.verify(
        new Evidence.AzureTdx(
            hcl.build(type, TD_REPORT), quote.build(TPM.getPrivate()), platform.quoteBytes()),
        Optional.of(MINE),
        platform.context(IntelPlatformMaker.AT, Duration.ZERO));
  }

  @Test
  void theQuoteNamesTheRuntimeDataAndTheTpmTheNonce() {
    platform.reportData(new ReportData(hcl.reportData()));
    var verification = verify(HclReportBuilder.TDX);
    var verified = assertInstanceOf(Verified.class, verification, verification.toString());
    var claims = assertInstanceOf(EvidenceClaims.Tdx.class, verified.claims());
    assertEquals("07".repeat(32), claims.paravisor().orElseThrow().pcrs().get(7));
    assertNotEquals(
        assertInstanceOf(Verified.class, platform.verify()).claims().measurement(),
        claims.measurement());
  }

  @Test
  void aQuoteOfOtherRuntimeDataIsNotBound() {
    platform.reportData(MINE);
    var rejected = assertInstanceOf(Rejected.class, verify(HclReportBuilder.TDX));
    assertEquals(RejectionId.NOT_BOUND, rejected.id());
  }

  @Test
  void aTpmQuoteThatWasAskedForSomethingElseIsNotBound() {
    platform.reportData(new ReportData(hcl.reportData()));
    quote.extraData(Octets.ofHex("00".repeat(32)));
    var rejected = assertInstanceOf(Rejected.class, verify(HclReportBuilder.TDX));
    assertEquals(RejectionId.NOT_BOUND, rejected.id());
  }

  @Test
  void aReportAboutSevSnpIsNoEvidenceOnTdx() {
    platform.reportData(new ReportData(hcl.reportData()));
    var rejected = assertInstanceOf(Rejected.class, verify(HclReportBuilder.SNP));
    assertEquals(RejectionId.MALFORMED_EVIDENCE, rejected.id());
  }

  @Test
  void theRealQuoteNamesTheRealRuntimeData() throws EvidenceException {
    var report = HclReport.parse(Vectors.read("azure/tdx/hcl-report.bin"));
    var claims =
        IntelVerifier.verify(
            Vectors.read("azure/tdx/quote.bin"),
            Tee.TDX,
            Optional.of(new ReportData(report.reportData().hex())),
            new VerificationContext(
                published(),
                HardwareRoots.vendor(),
                Vectors.one("tdx/v4-azure").at(),
                Duration.ZERO,
                VerificationMemory.none()),
            new Checks());
    assertEquals(
        TcbStatus.OUT_OF_DATE,
        assertInstanceOf(EvidenceClaims.Tdx.class, claims).platform().tcb().status());
  }

  private static Collateral published() {
    return id ->
        switch (id) {
          case DocumentId.TcbInfo _ -> document(id, "tcbInfo", "tcbInfoChain");
          case DocumentId.QeIdentity _ -> document(id, "qeIdentity", "qeIdentityChain");
          case DocumentId.PckCrl _ -> document(id, "pckCrl", "pckCrl");
          case DocumentId.IntelRootCrl _ -> document(id, "rootCrl", "rootCrl");
          case DocumentId.AmdChain _, DocumentId.AmdCrl _, DocumentId.Vcek _ -> Optional.empty();
        };
  }

  private static Optional<Document> document(DocumentId id, String body, String chain) {
    var vector = Vectors.one("tdx/v4-azure");
    return Optional.of(new Document(id, vector.file(body), vector.file(chain)));
  }
}
