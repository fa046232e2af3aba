package dev.testudo.trust.attest.amd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.policy.evidence.SnpTcb;
import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Vectors.Vector;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.evidence.DocumentId;
import dev.testudo.trust.attest.evidence.DocumentId.SnpKey;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Real reports with AMD's certificates.
class SnpVectorTest {
  private static final Map<String, RejectionId> REJECTIONS =
      Map.of(
          "snp/milan-bad-vcek-legacy", RejectionId.UNTRUSTED_CHAIN,
          "snp/milan-bad-vcek-new", RejectionId.UNTRUSTED_CHAIN,
          "snp/milan-vlek-expired", RejectionId.OUTSIDE_VALIDITY,
          "snp/milan-azure-other-chip", RejectionId.WRONG_SIGNATURE);

  static Stream<Vector> vectors() {
    return Vectors.all("snp").stream();
  }

  private static Verification verify(
      Octets report, Optional<Octets> table, VerificationContext context) {
    return Verifier.verify(new Evidence.SnpReport(report, table), Optional.empty(), context);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void aReportWithTheCertificatesOfItsHostHasTheExpectedVerdictAndClaims(Vector vector)
      throws Exception {
    assertVerdict(
        vector,
        verify(
            vector.file("report"),
            Optional.of(SnpVectors.table(vector)),
            SnpVectors.context(Collateral.NONE, vector.at())));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void aReportWithPublishedCertificatesHasTheSameVerdict(Vector vector) throws Exception {
    var verification =
        verify(
            vector.file("report"),
            Optional.empty(),
            SnpVectors.context(SnpVectors.published(vector), vector.at()));
    if (vector.name().contains("vlek")) {
      var rejected = assertInstanceOf(Rejected.class, verification);
      assertEquals(RejectionId.COLLATERAL_MISSING, rejected.id());
      assertEquals(Set.of(), rejected.missing(), "nobody publishes VLEK certificates");
    } else {
      assertVerdict(vector, verification);
    }
  }

  private static void assertVerdict(Vector vector, Verification verification) throws IOException {
    var outcome = vector.expected().object("verdict").text("outcome");
    if (outcome.equals("rejected")) {
      assertEquals(
          REJECTIONS.get(vector.name()),
          assertInstanceOf(Rejected.class, verification).id(),
          vector.name());
    } else {
      var verified = assertInstanceOf(Verified.class, verification, verification.toString());
      var claims = assertInstanceOf(EvidenceClaims.Snp.class, verified.claims());
      SnpClaimsOfVectors.assertClaims(vector.expected(), claims);
      assertEquals(!claims.debug(), claims.isHardwareAttested());
      assertTrue(claims.platform().info().knownGeneration());
    }
  }

  /// Bugs 15: the evidence of somebody else, of zeros, and only the first half right.
  @Test
  void aReportIsBoundToAllBytesOfItsReportData() throws Exception {
    var bound = Vectors.one("snp/milan-v5-gcp-bound");
    var zeros = Vectors.one("snp/milan-v5-gcp");
    var mine = bound.expected().object("claims").text("reportData");
    var context = SnpVectors.context(SnpVectors.published(bound), bound.at());
    assertInstanceOf(Verified.class, verify(bound, mine, context));
    for (var other : List.of("00".repeat(64), mine.substring(0, 64) + "00".repeat(32))) {
      assertEquals(
          RejectionId.NOT_BOUND,
          assertInstanceOf(Rejected.class, verify(bound, other, context)).id());
    }
    var zerosContext = SnpVectors.context(SnpVectors.published(zeros), zeros.at());
    assertEquals(
        RejectionId.NOT_BOUND,
        assertInstanceOf(Rejected.class, verify(zeros, mine, zerosContext)).id());
  }

  private static Verification verify(Vector vector, String data, VerificationContext context) {
    return Verifier.verify(
        new Evidence.SnpReport(vector.file("report"), Optional.empty()),
        Optional.of(new ReportData(data)),
        context);
  }

  /// A minimum is compared with every version, so that none can hide behind another.
  @Test
  void bug14AVlekReportClaimsFourVersionsThatDiffer() throws Exception {
    var vector = Vectors.one("snp/milan-vlek");
    var verification =
        verify(
            vector.file("report"),
            Optional.of(SnpVectors.table(vector)),
            SnpVectors.context(Collateral.NONE, vector.at()));
    var claims = (EvidenceClaims.Snp) assertInstanceOf(Verified.class, verification).claims();
    var between =
        new SnpTcb.Least(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(218));
    assertEquals(1, claims.platform().tcb().reported().lacks(between).size());
    assertEquals(0, claims.platform().tcb().committed().lacks(between).size());
    assertEquals(0, claims.platform().tcb().launch().lacks(between).size());
    assertTrue(claims.platform().tcb().provisional());
  }

  /// Bug 16.
  @Test
  void aVlekIsRefusedAfterItsYear() throws Exception {
    var vector = Vectors.one("snp/milan-vlek");
    var table = Optional.of(SnpVectors.table(vector));
    for (var at : List.of("2024-12-10T22:14:20Z", "2025-12-10T22:14:22Z")) {
      var verification =
          verify(
              vector.file("report"), table, SnpVectors.context(Collateral.NONE, Instant.parse(at)));
      assertEquals(
          RejectionId.OUTSIDE_VALIDITY, assertInstanceOf(Rejected.class, verification).id());
    }
    for (var at : List.of("2024-12-10T22:14:21Z", "2025-12-10T22:14:21Z")) {
      assertInstanceOf(
          Verified.class,
          verify(
              vector.file("report"),
              table,
              SnpVectors.context(Collateral.NONE, Instant.parse(at))));
    }
  }

  @Test
  void missingCertificatesAreNamed() throws Exception {
    var vector = Vectors.one("snp/genoa-v5");
    var rejected =
        assertInstanceOf(
            Rejected.class,
            verify(
                vector.file("report"),
                Optional.empty(),
                SnpVectors.context(Collateral.NONE, vector.at())));
    assertEquals(RejectionId.COLLATERAL_MISSING, rejected.id());
    assertEquals(
        Set.of(
            new DocumentId.Vcek(
                "Genoa",
                vector.expected().object("claims").text("chipId"),
                new SnpTcb(Optional.empty(), 10, 0, 27, 27)),
            new DocumentId.AmdChain("Genoa", SnpKey.VCEK)),
        rejected.missing());
  }

  /// A report of version 2 does not say which processor it is by, so both are named that it can be.
  @Test
  void aReportWithoutCpuidNamesTheCertificatesOfMilanAndGenoa() {
    var vector = Vectors.one("snp/milan-debug");
    Collateral chains =
        id ->
            id.equals(new DocumentId.AmdChain("Milan", SnpKey.VCEK))
                ? SnpVectors.document(id, vector.file("chain"))
                : Optional.empty();
    var rejected =
        assertInstanceOf(
            Rejected.class,
            verify(
                vector.file("report"), Optional.empty(), SnpVectors.context(chains, vector.at())));
    assertEquals(
        List.of("Genoa", "Milan"),
        rejected.missing().stream()
            .filter(DocumentId.Vcek.class::isInstance)
            .map(id -> ((DocumentId.Vcek) id).product())
            .sorted()
            .toList());
  }

  /// No report by a processor of Turin is public, only certificates.
  @Test
  void theCertificatesOfTurinAreAChainToThePinnedRoot() throws EvidenceException {
    var sent =
        SentCertificates.read(
            Vectors.read("snp/turin-certificates/chain.pem"), RejectionId.MALFORMED_EVIDENCE);
    var authorities =
        AmdAuthorities.of(sent, SnpGeneration.TURIN, SnpKey.VCEK, HardwareRoots.vendor());
    assertEquals("Turin", authorities.pinned().product());
    var leaf = AmdCertificate.parse(Vectors.read("snp/turin-certificates/vcek.der"));
    var chain = VerifiedChain.verify(SnpKey.VCEK, leaf, authorities);
    assertEquals("1e550a8ee5cf9f4d", chain.extensions().hardwareId().orElseThrow().hex());
    assertEquals(
        Map.of(
            TcbComponent.FMC, 0,
            TcbComponent.BOOT_LOADER, 0,
            TcbComponent.TEE, 0,
            TcbComponent.SNP, 0,
            TcbComponent.MICROCODE, 9),
        chain.extensions().versions());
  }
}
