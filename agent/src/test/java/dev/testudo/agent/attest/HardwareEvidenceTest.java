package dev.testudo.agent.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.source.HardwareSource;
import dev.testudo.agent.attest.source.SourceName;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.Octets;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.channel.Challenger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class HardwareEvidenceTest {
  private static final Measurement IMAGE = new Measurement("3c".repeat(32));
  private static final Measurement PROGRAM = new Measurement("6d".repeat(32));
  private static final Measurements MEASURED = new Measurements(() -> IMAGE, () -> PROGRAM);
  private static final ReportData FIRST = new ReportData("01".repeat(64));
  private static final ReportData SECOND = new ReportData("02".repeat(64));

  @TempDir private Path folder;

  /// A SEV-SNP guest that was launched for an image.
  private static final class Guest implements HardwareSource {
    private final String hostData;
    private final List<ReportData> requested = new ArrayList<>();
    private Runnable before = () -> {};
    private boolean fails;

    Guest(String hostData) {
      this.hostData = hostData;
    }

    @Override
    public SourceName name() {
      return SourceName.SEV_GUEST;
    }

    @Override
    public Isolation isolation() {
      return Isolation.SEV_SNP;
    }

    @Override
    public Duration pause() {
      return Duration.ZERO;
    }

    @Override
    public Evidence request(ReportData data) throws IOException {
      before.run();
      if (fails) {
        throw new IOException("no firmware");
      }
      requested.add(data);
      var report = new byte[1184];
      System.arraycopy(HexFormat.of().parseHex(hostData), 0, report, 0xc0, 32);
      return new Evidence.SnpReport(Octets.of(report), Optional.empty());
    }
  }

  private static final Challenger NOBODY =
      _ -> {
        throw new AssertionError("no TPM is to be challenged");
      };

  private static HardwareEvidence evidence(Guest guest, boolean launchedForImage) {
    var launch = launchedForImage ? LaunchCheck.IMAGE : LaunchCheck.NONE;
    return new HardwareEvidence(guest, MEASURED, launch, Optional.empty());
  }

  @Test
  void eachExchangeGetsEvidenceOfItsOwn() throws Exception {
    var guest = new Guest("00".repeat(32));
    var evidence = evidence(guest, false);
    evidence.of(FIRST, NOBODY);
    evidence.kept().of(SECOND, NOBODY);
    assertEquals(List.of(FIRST, SECOND), guest.requested);
    assertEquals(Isolation.SEV_SNP, evidence.isolation());
    assertEquals(PROGRAM, evidence.measurement());
  }

  @Test
  void anAgentWithAnotherImageShowsNoEvidenceNowOrLater() throws Exception {
    var right = evidence(new Guest(PROGRAM.hex()), true);
    right.of(FIRST, NOBODY);
    right.kept().of(SECOND, NOBODY);
    var wrong = evidence(new Guest("4d".repeat(32)), true);
    var refused = assertThrows(AgentFailure.class, () -> wrong.of(FIRST, NOBODY));
    assertEquals(AgentFailure.Kind.REFUSED, refused.kind());
    var kept = wrong.kept();
    assertThrows(AgentFailure.class, () -> kept.of(SECOND, NOBODY));
  }

  @Test
  void theImageIsMeasuredOnceAndBeforeTheFirstQuote() throws Exception {
    var register = Files.write(folder.resolve("rtmr3:sha384"), new byte[0]);
    var log = folder.resolve("log.json");
    var guest = new Guest("00".repeat(32));
    var sizes = new ArrayList<Long>();
    guest.before =
        () -> {
          sizes.add(register.toFile().length());
          sizes.add(log.toFile().length());
        };
    var evidence =
        new HardwareEvidence(
            guest,
            MEASURED,
            LaunchCheck.NONE,
            Optional.of(new RuntimeMeasurement(register, log, Duration.ofSeconds(20))));
    evidence.of(FIRST, NOBODY);
    evidence.of(SECOND, NOBODY);
    evidence.kept().of(FIRST, NOBODY);
    assertEquals(48L, sizes.getFirst());
    assertEquals(6, sizes.size());
    assertEquals(1, sizes.stream().skip(1).filter(size -> size != 48L).distinct().count());
  }

  @Test
  void aSourceThatFailsIsNamed() {
    var guest = new Guest("00".repeat(32));
    guest.fails = true;
    var failure = assertThrows(AgentFailure.class, () -> evidence(guest, false).of(FIRST, NOBODY));
    assertEquals("obtain evidence from sev-guest: no firmware", failure.line());
    assertEquals(AgentFailure.Kind.ENVIRONMENT_FAILED, failure.kind());
  }
}
