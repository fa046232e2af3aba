package dev.testudo.trust.attest.amd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Verifier;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnpMeasurementTest {
  /// The bytes of the report and the numbers put together by hand and hashed with `sha256sum`.
  @Test
  void theMeasurementIsTheHashThatTheFormatDocumentDefines() {
    var vector = Vectors.one("snp/milan-committed-below-current");
    var verification =
        Verifier.verify(
            new Evidence.SnpReport(vector.file("report"), Optional.empty()),
            Optional.empty(),
            SnpVectors.context(SnpVectors.published(vector), vector.at()));
    assertEquals(
        "37d60bcd5f56b9af1a9b347238e4dbeda726b3432cb7cbb52e129f2a47a7b2bf",
        assertInstanceOf(Verified.class, verification).claims().measurement());
  }
}
