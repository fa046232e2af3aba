package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.Evidence;
import dev.testudo.trust.attest.evidence.Measurement;
import dev.testudo.trust.attest.evidence.ReportData;
import dev.testudo.trust.channel.Challenger;

/// Software evidence: the agent's own measurement, which no hardware confirms.
public record SoftwareEvidence(Measuring measuring) implements EvidenceSource {
  @Override
  public Isolation isolation() {
    return Isolation.SOFTWARE;
  }

  @Override
  public Measurement measurement() throws AgentFailure, InterruptedException {
    return measuring.await().measurement();
  }

  @Override
  public Evidence of(ReportData reportData, Challenger challenger)
      throws AgentFailure, InterruptedException {
    return of(reportData);
  }

  /// Returns the evidence. Nobody challenges it.
  Evidence of(ReportData reportData) throws AgentFailure, InterruptedException {
    var measured = measuring.await();
    return new Evidence.Software(measured.image().measurement(), measured.machine(), reportData);
  }

  @Override
  public EvidenceSource kept() throws AgentFailure, InterruptedException {
    var measured = measuring.await();
    return new Kept(measured.measurement(), measured.image().measurement(), measured.machine());
  }

  private record Kept(Measurement measurement, Measurement image, Measurement machine)
      implements EvidenceSource {
    @Override
    public Isolation isolation() {
      return Isolation.SOFTWARE;
    }

    @Override
    public Evidence of(ReportData reportData, Challenger challenger) {
      return new Evidence.Software(image, machine, reportData);
    }

    @Override
    public EvidenceSource kept() {
      return this;
    }
  }
}
