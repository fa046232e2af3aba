package dev.testudo.trust.attest.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.decision.Decision.Denied;
import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.Vectors;
import dev.testudo.trust.attest.Vectors.Vector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A policy that only names what was measured refuses each recorded platform, and its last lines
/// say what would accept it.
class RecordedAdviceTest {
  static List<Vector> appraised() {
    return Stream.of("sgx", "tdx", "snp")
        .flatMap(kind -> Vectors.all(kind).stream())
        .filter(RecordedAdviceTest::isAppraised)
        .toList();
  }

  private static boolean isAppraised(Vector vector) {
    try {
      return vector.expected().object("verdict").text("outcome").equals("appraised");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String session(String terms, EvidenceClaims claims) {
    return """
    name: a
    version: "0.3"
    security:
      attestation:
    %s
    services:
      - name: app
        command: app
        attestation:
          %s
    """
        .formatted(terms.indent(4).stripTrailing(), rule(claims));
  }

  private static String rule(EvidenceClaims claims) {
    return switch (claims) {
      case EvidenceClaims.Sgx sgx -> "mrenclave: " + sgx.enclave().mrenclave();
      case EvidenceClaims.Tdx tdx ->
          "tdx: {mrtd: %s, mrservicetd: %s}"
              .formatted(tdx.domain().mrtd(), tdx.domain().module().mrservicetd());
      case EvidenceClaims.Snp snp ->
          "sev_snp: {measurement: %s, vmpl: %d}"
              .formatted(snp.guest().measurement(), snp.guest().vmpl());
      case EvidenceClaims.Software _, EvidenceClaims.Tpm _ -> throw new AssertionError(claims);
    };
  }

  @ParameterizedTest
  @MethodSource("appraised")
  void theAdviceOfARefusalAcceptsThePlatform(Vector vector) {
    var recorded = RecordedClaims.of(vector);
    var denied =
        assertInstanceOf(
            Denied.class, recorded.decide(session("min_tcb_date: 2018-01-01", recorded.claims())));
    var advice = denied.advice();
    assertTrue(advice.getFirst().startsWith("this platform is accepted"), denied::text);
    var added =
        advice.stream().skip(1).map(line -> line.substring(2)).collect(Collectors.joining("\n"));
    var accepted = recorded.accept(session(added, recorded.claims()));
    assertEquals(!recorded.claims().debug(), accepted.hardwareAttested());
  }
}
