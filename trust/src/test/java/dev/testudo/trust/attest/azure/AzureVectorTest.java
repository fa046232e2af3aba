package dev.testudo.trust.attest.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.amd.SnpClaimsOfVectors;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Evidence.TpmQuote;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.attest.tpm.TpmAttest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Real evidence of Azure's confidential virtual machines.
class AzureVectorTest {
  private static final String SNP = "azure/snp-genoa";

  private Octets hclReport;
  private TpmQuote quote;
  private Octets certificates;
  private VerificationContext context;

  @BeforeEach
  void load() {
    hclReport = read("hcl-report.bin");
    quote = new TpmQuote(read("tpm-quote.bin"), read("tpm-signature.bin"), read("pcrs-sha256.bin"));
    var pem = new ByteArrayOutputStream();
    pem.writeBytes(read("vcek.pem").toBytes());
    pem.write('\n');
    pem.writeBytes(read("chain.pem").toBytes());
    certificates = Octets.of(pem.toByteArray());
    context =
        new VerificationContext(
            Collateral.NONE,
            HardwareRoots.vendor(),
            Vectors.one(SNP).at(),
            Duration.ZERO,
            new VerificationMemory(16));
  }

  private static Octets read(String name) {
    return Vectors.read(SNP + "/" + name);
  }

  private Verification verify(Octets report, TpmQuote quoted) {
    return Verifier.verify(
        new Evidence.AzureSnp(report, quoted, certificates), Optional.empty(), context);
  }

  @Test
  void evidenceOnSevSnpHasTheExpectedVerdictAndClaims() throws IOException {
    var expected = Vectors.one(SNP).expected();
    var verified = assertInstanceOf(Verified.class, verify(hclReport, quote));
    var claims = assertInstanceOf(EvidenceClaims.Snp.class, verified.claims());
    SnpClaimsOfVectors.assertClaims(expected, claims);
    assertEquals(
        "3791f152627f7b91479accd6259559dc1b019d8f23ef39f20228ae0d9449da9c",
        claims.measurement(),
        "computed apart, by docs/formats/measurement.md");
    var paravisor = claims.paravisor().orElseThrow();
    assertEquals("Microsoft Azure", paravisor.provider());
    assertEquals(expected.text("vmUniqueId"), paravisor.vmId());
    assertTrue(paravisor.secureBoot());
    assertEquals(new TreeSet<>(IntStream.range(0, 24).boxed().toList()), paravisor.pcrs().keySet());
    assertEquals(quote.pcrs().slice(7 * 32, 32).hex(), paravisor.pcrs().get(7));
  }

  @Test
  void theLinksAreThoseThatTheVectorNames() throws IOException, EvidenceException {
    var expected = Vectors.one(SNP).expected();
    var attest = TpmAttest.parse(quote.attest());
    assertEquals(expected.text("tpmNonce"), attest.extraData().hex());
    assertEquals(expected.text("pcrDigest"), attest.pcrDigest().hex());
    assertEquals(
        expected.text("runtimeDataSha256") + "00".repeat(32),
        HclReport.parse(hclReport).reportData().hex());
  }

  /// The nonce of the vector is not ours, so it is bound to no report data.
  @Test
  void evidenceThatIsBoundToAnotherNonceIsRefused() {
    var rejected =
        assertInstanceOf(
            Rejected.class,
            Verifier.verify(
                new Evidence.AzureSnp(hclReport, quote, certificates),
                Optional.of(new ReportData("00".repeat(64))),
                context));
    assertEquals(RejectionId.NOT_BOUND, rejected.id());
  }

  @Test
  void theTdReportNamesTheRuntimeData() throws IOException, EvidenceException {
    var expected = Vectors.one("azure/tdx").expected();
    var hcl = HclReport.parse(Vectors.read("azure/tdx/hcl-report.bin"));
    assertEquals(HclReport.Kind.TDX, hcl.kind());
    assertEquals(expected.text("reportData"), hcl.reportData().hex());
    RuntimeData.parse(hcl.runtimeData());
  }

  /// The header of the HCL report is not signed; everything behind it is.
  @Test
  void everyChangedByteIsRefused() {
    IntStream.range(32, hclReport.length())
        .parallel()
        .forEach(
            at -> {
              var bytes = hclReport.toBytes();
              bytes[at] ^= 4;
              assertInstanceOf(Rejected.class, verify(Octets.of(bytes), quote), "byte " + at);
            });
    for (var at = 0; at < quote.attest().length(); at++) {
      assertRefused(new TpmQuote(flip(quote.attest(), at), quote.signature(), quote.pcrs()));
    }
    for (var at = 0; at < quote.signature().length(); at++) {
      assertRefused(new TpmQuote(quote.attest(), flip(quote.signature(), at), quote.pcrs()));
    }
    for (var at = 0; at < quote.pcrs().length(); at++) {
      assertRefused(new TpmQuote(quote.attest(), quote.signature(), flip(quote.pcrs(), at)));
    }
  }

  @Test
  void everyShorterPartIsRefused() {
    var json = 32 + 1184 + 20 + 1200;
    for (var length = 0; length < json; length++) {
      assertInstanceOf(Rejected.class, verify(hclReport.slice(0, length), quote));
    }
    for (var length = 0; length < quote.attest().length(); length++) {
      assertRefused(new TpmQuote(quote.attest().slice(0, length), quote.signature(), quote.pcrs()));
    }
    for (var length = 0; length < quote.signature().length(); length++) {
      assertRefused(new TpmQuote(quote.attest(), quote.signature().slice(0, length), quote.pcrs()));
    }
    for (var length = 0; length < quote.pcrs().length(); length++) {
      assertRefused(new TpmQuote(quote.attest(), quote.signature(), quote.pcrs().slice(0, length)));
    }
  }

  private static Octets flip(Octets octets, int at) {
    var bytes = octets.toBytes();
    bytes[at] ^= 1;
    return Octets.of(bytes);
  }

  private void assertRefused(TpmQuote quoted) {
    assertInstanceOf(Rejected.class, verify(hclReport, quoted));
  }
}
