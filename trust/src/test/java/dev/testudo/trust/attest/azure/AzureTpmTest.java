package dev.testudo.trust.attest.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Evidence.TpmQuote;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.generator.AmdPlatform;
import dev.testudo.trust.generator.AmdPlatform.Product;
import dev.testudo.trust.generator.HclReportBuilder;
import dev.testudo.trust.generator.SnpReportBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Quotes of a software TPM (`swtpm`) with a key at the handle that Azure uses, behind a report of
/// our own platform.
class AzureTpmTest {
  private static final ReportData MINE = new ReportData("c3".repeat(64));
  private static final String HANDLE = "0x81000003";
  private static final int MOST_SECONDS = 30;

  @TempDir private Path folder;
  private final AmdPlatform platform = AmdPlatform.vcek(Product.GENOA);
  private Process tpm;

  @BeforeEach
  void start() throws Exception {
    tpm =
        new ProcessBuilder(
                "swtpm",
                "socket",
                "--tpm2",
                "--tpmstate",
                "dir=" + folder,
                "--server",
                "type=unixio,path=" + socket(),
                "--ctrl",
                "type=unixio,path=" + control(),
                "--flags",
                "not-need-init,startup-clear")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    for (var i = 0; i < 10 * MOST_SECONDS && !Files.exists(control()); i++) {
      assertTrue(!tpm.waitFor(100, TimeUnit.MILLISECONDS), "swtpm has ended");
    }
    run(
        "tpm2_createprimary",
        "-C",
        "e",
        "-g",
        "sha256",
        "-G",
        "rsa2048:rsassa-sha256:null",
        "-a",
        "restricted|sign|fixedtpm|fixedparent|sensitivedataorigin|userwithauth",
        "-c",
        "key");
    run("tpm2_evictcontrol", "-C", "o", "-c", "key", HANDLE);
    run("tpm2_flushcontext", "-t");
    run("tpm2_readpublic", "-c", HANDLE, "-f", "der", "-o", "key.der");
    run("tpm2_pcrextend", "8:sha256=" + "11".repeat(32));
  }

  @AfterEach
  void stop() throws InterruptedException {
    tpm.destroyForcibly().waitFor();
  }

  private Path socket() {
    return folder.resolve("socket");
  }

  /// Returns the second socket, where the tools look for it. It is made after the first.
  private Path control() {
    return folder.resolve("socket.ctrl");
  }

  private void run(String... command) throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile());
    builder.environment().put("TPM2TOOLS_TCTI", "swtpm:path=" + socket());
    var process = builder.start();
    if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    assertEquals(0, process.waitFor(), () -> String.join(" ", command) + ": " + text("output"));
  }

  private String text(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private Octets read(String name) throws IOException {
    return Octets.of(Files.readAllBytes(folder.resolve(name)));
  }

  private TpmQuote quote(String registers, Octets data) throws Exception {
    run(
        "tpm2_quote",
        "-c",
        HANDLE,
        "-l",
        "sha256:" + registers,
        "-q",
        data.hex(),
        "-g",
        "sha256",
        "-m",
        "attest",
        "-s",
        "signature",
        "-f",
        "plain",
        "-o",
        "pcrs",
        "-F",
        "values");
    return new TpmQuote(read("attest"), read("signature"), read("pcrs"));
  }

  private Verification verify(TpmQuote quote) throws Exception {
    var key =
        KeyFactory.getInstance("RSA")
            .generatePublic(new X509EncodedKeySpec(read("key.der").toBytes()));
    var hcl = new HclReportBuilder((RSAPublicKey) key);
    platform.guest().hex(SnpReportBuilder.REPORT_DATA, hcl.reportData());
    return Verifier.verify(
        new Evidence.AzureSnp(
            hcl.build(HclReportBuilder.SNP, platform.signedReport()), quote, platform.pem()),
        Optional.of(MINE),
        new VerificationContext(
            Collateral.NONE,
            platform.roots(),
            Instant.parse("2025-06-01T00:00:00Z"),
            Duration.ZERO,
            VerificationMemory.none()));
  }

  @Test
  void aFreshQuoteOfATpmBindsTheEvidence() throws Exception {
    var verification = verify(quote("all", MINE.tpmQualifyingData()));
    var verified = assertInstanceOf(Verified.class, verification, verification.toString());
    var pcrs =
        assertInstanceOf(EvidenceClaims.Snp.class, verified.claims())
            .paravisor()
            .orElseThrow()
            .pcrs();
    assertEquals(24, pcrs.size());
    assertEquals("00".repeat(32), pcrs.get(0));
    // SHA-256 over 32 bytes of 00 and 32 bytes of 11
    assertEquals("8878b15a7d6a3a4f464e8f9f42591dbc0cf4bedea0ec309003d2b2ee53655ef8", pcrs.get(8));
  }

  @Test
  void aQuoteOfSomeRegistersClaimsThese() throws Exception {
    var verification = verify(quote("0,8,23", MINE.tpmQualifyingData()));
    var verified = assertInstanceOf(Verified.class, verification, verification.toString());
    var snp = assertInstanceOf(EvidenceClaims.Snp.class, verified.claims());
    assertEquals(List.of(0, 8, 23), List.copyOf(snp.paravisor().orElseThrow().pcrs().keySet()));
  }

  @Test
  void aQuoteThatWasAskedForSomethingElseIsNotBound() throws Exception {
    var rejected =
        assertInstanceOf(Rejected.class, verify(quote("all", Octets.ofHex("00".repeat(32)))));
    assertEquals(RejectionId.NOT_BOUND, rejected.id());
  }

  @Test
  void registersThatTheTpmDidNotQuoteAreRefused() throws Exception {
    var quote = quote("all", MINE.tpmQualifyingData());
    var other = new TpmQuote(quote.attest(), quote.signature(), Octets.of(new byte[24 * 32]));
    var rejected = assertInstanceOf(Rejected.class, verify(other));
    assertEquals(RejectionId.WRONG_SIGNATURE, rejected.id());
  }
}
