package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.source.HardwareSource;
import dev.testudo.agent.attest.source.Requests;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.channel.Challenger;
import java.io.IOException;
import java.util.Optional;

/// Evidence of the hardware, requested anew for each exchange with CAS.
///
/// It names the virtual machine or the enclave, not the image. What connects both is checked here,
/// before the evidence is shown: that the VM was launched for this image, or with initdata that
/// names it, if the options say so.
/// And the image is measured into RTMR3, once, before the first quote.
final class HardwareEvidence implements EvidenceSource {
  private final HardwareSource source;
  private final Measurements measured;
  private final LaunchCheck launch;
  private Optional<RuntimeMeasurement> pending;

  /// @param launch what the VM must have been launched for
  /// @param register what to extend before the first quote
  HardwareEvidence(
      HardwareSource source,
      Measurements measured,
      LaunchCheck launch,
      Optional<RuntimeMeasurement> register) {
    this.source = source;
    this.measured = measured;
    this.launch = launch;
    this.pending = register;
  }

  @Override
  public Isolation isolation() {
    return source.isolation();
  }

  @Override
  public Measurement measurement() throws AgentFailure, InterruptedException {
    return measured.program().measurement();
  }

  @Override
  public synchronized Evidence of(ReportData reportData, Challenger challenger)
      throws AgentFailure, IOException, InterruptedException {
    if (pending.isPresent()) {
      pending.get().extend(measured.image().measurement());
      pending = Optional.empty();
    }
    var keys = asked(() -> Requests.keys(source));
    Evidence evidence;
    if (keys.isPresent()) {
      var challenge = challenger.challenge(keys.get());
      evidence = asked(() -> Requests.make(source, reportData, challenge));
    } else {
      evidence = asked(() -> Requests.make(source, reportData));
    }
    launch.require(evidence, measured.program());
    return evidence;
  }

  private interface Asking<T> {
    T ask() throws IOException, InterruptedException;
  }

  private <T> T asked(Asking<T> asking) throws AgentFailure, InterruptedException {
    try {
      return asking.ask();
    } catch (IOException e) {
      throw AgentFailure.environment("obtain evidence from " + source.name(), e);
    }
  }

  @Override
  public EvidenceSource kept() throws AgentFailure, InterruptedException {
    var program = measured.program().measurement();
    return new HardwareEvidence(
        source, new Measurements(() -> program, () -> program), launch, Optional.empty());
  }
}
