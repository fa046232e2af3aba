package dev.testudo.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.evidence.EvidenceClaims;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.attest.evidence.Verification.Verified;
import dev.testudo.trust.channel.AttestationException;
import dev.testudo.trust.channel.AttestedChannel;
import dev.testudo.trust.channel.CasException;
import dev.testudo.trust.channel.Configuration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A CAS process, documents in a folder, and quotes by a root that plays Intel. No hardware and no
/// service of a manufacturer is asked.
class HardwareEvidenceIT {
  @TempDir private Path work;
  private OwnIntel intel;

  @BeforeEach
  void prepare() throws IOException {
    intel = OwnIntel.in(work);
  }

  private RunningCas cas() throws IOException {
    return intel.cas(work.resolve("cas"));
  }

  private String session(String tolerated) {
    var verified = (Verified) intel.platform().verify(intel.now(), Duration.ZERO);
    var domain = ((EvidenceClaims.Tdx) verified.claims()).domain();
    return """
      name: sealed
      version: "0.3"
      security:
        attestation:
          mode: hardware
          tolerate: [%s]
      services:
        - name: app
          command: prog
          environment: {WORD: "$$SCONE::word$$"}
          attestation:
            tdx: {mrtd: "%s", mrconfigid: "%s"}
      secrets: [{name: word, kind: ascii, size: 12}]
      """
        .formatted(tolerated, domain.mrtd(), domain.owner().mrconfigid());
  }

  private Configuration attest(RunningCas cas, Function<ReportData, Evidence> evidence)
      throws IOException {
    return AttestedChannel.fetch(
        cas.address(),
        cas.key(),
        AttestedChannel.instance(),
        "sealed/app",
        (data, _) -> evidence.apply(data),
        Optional.empty());
  }

  private Evidence quote(ReportData data) {
    return intel.platform().reportData(data).evidence();
  }

  @Test
  void aQuoteOfAToleratedTestRootGetsTheSecretAndIsNeverHardwareAttested() throws Exception {
    intel.publish();
    try (var cas = cas()) {
      cas.register(session("test-root, hyperthreading"));
      var configuration = attest(cas, this::quote);
      assertEquals(12, configuration.environment().get("WORD").length());
      assertFalse(configuration.origin().hardwareAttested());
    }
  }

  @Test
  void withoutToleranceATestRootIsRefusedAndTheReasonSaysSo() throws Exception {
    intel.publish();
    try (var cas = cas()) {
      cas.register(session("hyperthreading"));
      var refused = assertThrows(AttestationException.class, () -> attest(cas, this::quote));
      var details = cas.why(String.valueOf(refused.getMessage())).details();
      assertTrue(details.stream().anyMatch(line -> line.startsWith("root:")), details.toString());
    }
  }

  @Test
  void aQuoteForAnotherKeyIsRefused() throws Exception {
    intel.publish();
    try (var cas = cas()) {
      cas.register(session("test-root, hyperthreading"));
      var other = new ReportData("ab".repeat(64));
      assertThrows(AttestationException.class, () -> attest(cas, _ -> quote(other)));
    }
  }

  @Test
  void missingDocumentsAreNamedAndWhatIsImportedMeanwhileCounts() throws Exception {
    try (var cas = cas()) {
      cas.register(session("test-root, hyperthreading"));
      var busy = assertThrows(CasException.class, () -> attest(cas, this::quote));
      assertTrue(busy.isBusy());
      var said = busy.problem().text();
      for (var id : intel.platform().documents().keySet()) {
        assertTrue(said.contains(id.toString()), said);
      }
      intel.publish();
      Patience.until(() -> attests(cas), () -> "it is still refused");
    }
  }

  private boolean attests(RunningCas cas) {
    try {
      return !attest(cas, this::quote).environment().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }
}
