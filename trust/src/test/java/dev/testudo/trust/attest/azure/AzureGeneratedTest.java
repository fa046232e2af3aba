package dev.testudo.trust.attest.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.generator.AmdKeys;
import dev.testudo.trust.generator.AmdPlatform;
import dev.testudo.trust.generator.AmdPlatform.Product;
import dev.testudo.trust.generator.HclReportBuilder;
import dev.testudo.trust.generator.SnpReportBuilder;
import dev.testudo.trust.generator.TpmQuoteBuilder;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Evidence of Azure's form whose keys are ours, with one property at a time.
class AzureGeneratedTest {
  private static final ReportData MINE = new ReportData("5a".repeat(64));
  private static final KeyPair TPM = AmdKeys.intermediate();
  private static final byte[] REGISTER = new byte[32];

  private final AmdPlatform platform = AmdPlatform.vcek(Product.MILAN);
  private final HclReportBuilder hcl = new HclReportBuilder((RSAPublicKey) TPM.getPublic());
  private final TpmQuoteBuilder quote = new TpmQuoteBuilder().extraData(MINE.tpmQualifyingData());

  private Verification verify() {
    platform.guest().hex(SnpReportBuilder.REPORT_DATA, hcl.reportData());
    return verify(hcl.build(HclReportBuilder.SNP, platform.signedReport()));
  }

  private Verification verify(Octets hclReport) {
    return Verifier.verify(
        new Evidence.AzureSnp(hclReport, quote.build(TPM.getPrivate()), platform.pem()),
        Optional.of(MINE),
        new VerificationContext(
            Collateral.NONE,
            platform.roots(),
            Instant.parse("2025-06-01T00:00:00Z"),
            Duration.ZERO,
            VerificationMemory.none()));
  }

  private EvidenceClaims.Snp verified() {
    var verification = verify();
    var verified = assertInstanceOf(Verified.class, verification, verification.toString());
    return assertInstanceOf(EvidenceClaims.Snp.class, verified.claims());
  }

  private void assertRejected(RejectionId id) {
    var rejected = assertInstanceOf(Rejected.class, verify());
    assertEquals(id, rejected.id(), rejected.reason());
  }

  @Test
  void evidenceThatIsBoundToThisExchangeIsVerified() {
    var claims = verified();
    assertEquals("07".repeat(32), claims.paravisor().orElseThrow().pcrs().get(7));
    assertFalse(claims.isHardwareAttested());
  }

  /// Bug 15.
  @Test
  void aTpmQuoteWithOtherExtraDataIsNotBound() {
    for (var other :
        List.of(
            Octets.ofHex("00".repeat(32)),
            Octets.ofHex(""),
            MINE.tpmQualifyingData().slice(0, 31),
            Octets.ofHex(MINE.hex()))) {
      quote.extraData(other);
      assertRejected(RejectionId.NOT_BOUND);
    }
  }

  /// Bug 15: a report of the hardware that names other runtime data says nothing about the TPM.
  @Test
  void runtimeDataThatTheHardwareDoesNotNameIsNotBound() {
    platform.guest().hex(SnpReportBuilder.REPORT_DATA, hcl.reportData());
    var report = platform.signedReport();
    hcl.replace("\"secure-boot\":true", "\"secure-boot\":false");
    var rejected =
        assertInstanceOf(Rejected.class, verify(hcl.build(HclReportBuilder.SNP, report)));
    assertEquals(RejectionId.NOT_BOUND, rejected.id());
  }

  @Test
  void aTpmQuoteOfAnotherKeyIsRefused() {
    var other = new HclReportBuilder((RSAPublicKey) AmdKeys.root().getPublic());
    platform.guest().hex(SnpReportBuilder.REPORT_DATA, other.reportData());
    var rejected =
        assertInstanceOf(
            Rejected.class, verify(other.build(HclReportBuilder.SNP, platform.signedReport())));
    assertEquals(RejectionId.WRONG_SIGNATURE, rejected.id());
  }

  @Test
  void secureBootIsAClaim() {
    hcl.replace("\"secure-boot\":true", "\"secure-boot\":false");
    assertFalse(verified().paravisor().orElseThrow().secureBoot());
  }

  @Test
  void theRegistersBelongToTheMeasurement() {
    var before = verified().measurement();
    quote.registers("010000", REGISTER);
    var after = verified();
    assertNotEquals(before, after.measurement());
    assertEquals(List.of(0), List.copyOf(after.paravisor().orElseThrow().pcrs().keySet()));
  }

  @Test
  void onlyQuotesOfTheBankSha256AreSupported() {
    quote.banks(1, 0x0004);
    assertRejected(RejectionId.UNSUPPORTED_EVIDENCE);
    quote.banks(2, 0x000b);
    assertRejected(RejectionId.UNSUPPORTED_EVIDENCE);
    quote.banks(0, 0x000b);
    assertRejected(RejectionId.UNSUPPORTED_EVIDENCE);
  }

  @Test
  void structuresThatAreNoQuotesAreMalformed() {
    quote.magic(0x00544347);
    assertRejected(RejectionId.MALFORMED_EVIDENCE);
    quote.magic(0xff544347).type(0x8017);
    assertRejected(RejectionId.MALFORMED_EVIDENCE);
    quote.type(0x8018).tail(new byte[1]);
    assertRejected(RejectionId.MALFORMED_EVIDENCE);
    quote.tail(new byte[0]).registers("01000000", REGISTER);
    assertRejected(RejectionId.MALFORMED_EVIDENCE);
    quote.registers("030000", REGISTER);
    assertRejected(RejectionId.MALFORMED_EVIDENCE);
    quote.registers("010000", REGISTER).digest(new byte[20]);
    assertRejected(RejectionId.MALFORMED_EVIDENCE);
  }

  @Test
  void registersThatTheTpmDidNotSignAreRefused() {
    quote.digest(new byte[32]);
    assertRejected(RejectionId.WRONG_SIGNATURE);
  }

  @Test
  void runtimeDataWithoutWhatIsNeededIsMalformed() {
    for (var change :
        List.of(
            List.of("\"kid\":\"HCLAkPub\"", "\"kid\":\"HCLEkPub\""),
            List.of("\"kty\":\"RSA\"", "\"kty\":\"EC\""),
            List.of("\"e\":\"AQAB\"", "\"e\":\"Aw\""),
            List.of("\"n\":\"", "\"n\":\"!"),
            List.of("\"secure-boot\":true,", ""),
            List.of("\"secure-boot\":true", "\"secure-boot\":1"),
            List.of("\"vmUniqueId\":\"0", "\"vmUniqueId\":\"\\u001b"),
            List.of("\"user-data\":\"\"", "\"user-data\":\"\",\"keys\":[]"),
            List.of("{\"keys\"", "[{\"keys\""))) {
      var changed =
          new HclReportBuilder((RSAPublicKey) TPM.getPublic())
              .replace(change.getFirst(), change.getLast());
      platform.guest().hex(SnpReportBuilder.REPORT_DATA, changed.reportData());
      var rejected =
          assertInstanceOf(
              Rejected.class, verify(changed.build(HclReportBuilder.SNP, platform.signedReport())));
      assertEquals(RejectionId.MALFORMED_EVIDENCE, rejected.id(), change.toString());
    }
  }

  @Test
  void aReportAboutTdxIsNoEvidenceOnSevSnp() {
    platform.guest().hex(SnpReportBuilder.REPORT_DATA, hcl.reportData());
    var rejected =
        assertInstanceOf(
            Rejected.class, verify(hcl.build(HclReportBuilder.TDX, platform.signedReport())));
    assertEquals(RejectionId.MALFORMED_EVIDENCE, rejected.id());
  }
}
