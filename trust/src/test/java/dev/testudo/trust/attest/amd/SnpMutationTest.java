package dev.testudo.trust.attest.amd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.collateral.Collateral;
import dev.testudo.trust.attest.context.HardwareRoots;
import dev.testudo.trust.attest.context.VerificationContext;
import dev.testudo.trust.attest.context.VerificationMemory;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.EvidenceException;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.RejectionId;
import dev.testudo.trust.attest.evidence.Verification;
import dev.testudo.trust.attest.evidence.Verification.Rejected;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.generator.CertificateTableBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A real report, changed in every place.
class SnpMutationTest {
  private static final int SIGNATURE_END = 0x330;
  private static final int LIST_END = 4 * CertificateTableBuilder.ENTRY_BYTES;

  private Octets report;
  private Octets table;
  private VerificationContext context;

  @BeforeEach
  void load() throws EvidenceException {
    var vector = Vectors.one("snp/milan-v5-gcp");
    report = vector.file("report");
    table = SnpVectors.table(vector);
    context =
        new VerificationContext(
            Collateral.NONE,
            HardwareRoots.vendor(),
            vector.at(),
            Duration.ZERO,
            new VerificationMemory(16));
  }

  private Verification verify(byte[] changed) {
    return Verifier.verify(
        new Evidence.SnpReport(Octets.of(changed), Optional.of(table)), Optional.empty(), context);
  }

  /// Bug 12.
  @Test
  void everyFlippedBitOfTheReportIsRefused() {
    assertInstanceOf(Verified.class, verify(report.toBytes()));
    IntStream.range(0, report.length() * Byte.SIZE)
        .parallel()
        .forEach(
            bit -> {
              var bytes = report.toBytes();
              bytes[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
              var rejected = assertInstanceOf(Rejected.class, verify(bytes), "bit " + bit);
              if (bit >= SIGNATURE_END * Byte.SIZE) {
                assertEquals(RejectionId.MALFORMED_EVIDENCE, rejected.id());
              }
            });
  }

  /// Nothing in the table is signed but the certificates, and every byte of it matters all the
  /// same, except those behind the GUID of zeros at its end.
  @Test
  void changedAndShortenedTablesAreRefused() {
    IntStream.range(0, table.length())
        .filter(at -> at < LIST_END || at % 11 == 0)
        .filter(at -> at < LIST_END - 8 || at >= LIST_END)
        .parallel()
        .forEach(
            at -> {
              var bytes = table.toBytes();
              bytes[at] ^= (byte) (1 << (at % Byte.SIZE));
              assertRejected(Octets.of(bytes));
              assertRejected(table.slice(0, at));
            });
  }

  private void assertRejected(Octets changed) {
    var evidence = new Evidence.SnpReport(report, Optional.of(changed));
    assertInstanceOf(Rejected.class, Verifier.verify(evidence, Optional.empty(), context));
  }

  @Test
  void everyOtherLengthIsRefused() {
    for (var length = 0; length <= 2 * report.length(); length++) {
      if (length != report.length()) {
        var rejected =
            assertInstanceOf(
                Rejected.class,
                verify(Arrays.copyOf(report.toBytes(), length)),
                "length " + length);
        assertEquals(RejectionId.MALFORMED_EVIDENCE, rejected.id());
      }
    }
  }

  @Test
  void signaturesOfZerosAndBeyondTheOrderAreRefused() {
    for (var fill : new int[] {0x00, 0xff}) {
      for (var scalar : new int[] {0x2a0, 0x2e8}) {
        var bytes = report.toBytes();
        Arrays.fill(bytes, scalar, scalar + 48, (byte) fill);
        var rejected = assertInstanceOf(Rejected.class, verify(bytes));
        assertEquals(RejectionId.WRONG_SIGNATURE, rejected.id());
      }
    }
  }

  /// What is remembered is that a chain is good, not until when.
  @Test
  void rememberedChainsExpireAllTheSame() {
    assertInstanceOf(Verified.class, verify(report.toBytes()));
    var later =
        new VerificationContext(
            context.collateral(),
            context.roots(),
            context.at().plus(Duration.ofDays(4000)),
            Duration.ZERO,
            context.memory());
    var rejected =
        assertInstanceOf(
            Rejected.class,
            Verifier.verify(
                new Evidence.SnpReport(report, Optional.of(table)), Optional.empty(), later));
    assertEquals(RejectionId.OUTSIDE_VALIDITY, rejected.id());
    var unpinned =
        new VerificationContext(
            context.collateral(),
            HardwareRoots.NONE,
            context.at(),
            Duration.ZERO,
            context.memory());
    var untrusted =
        assertInstanceOf(
            Rejected.class,
            Verifier.verify(
                new Evidence.SnpReport(report, Optional.of(table)), Optional.empty(), unpinned));
    assertEquals(RejectionId.UNTRUSTED_CHAIN, untrusted.id());
  }
}
