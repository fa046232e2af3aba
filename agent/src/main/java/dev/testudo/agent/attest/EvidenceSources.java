package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.source.Devices;
import dev.testudo.agent.attest.source.HardwareSource;
import dev.testudo.agent.attest.source.SourceName;
import dev.testudo.agent.attest.source.SourceSearch;
import dev.testudo.policy.evidence.Isolation;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Chooses where the evidence of an agent comes from.
public final class EvidenceSources {
  private EvidenceSources() {}

  /// Returns the source of evidence for the image that is measured.
  ///
  /// @param told hears why there is no evidence of the hardware, where its driver is
  /// @throws AgentFailure if the source that the options name is not there, or one that is there
  ///     does not work
  public static EvidenceSource find(
      EvidenceOptions options, Measuring measuring, Consumer<String> told) throws AgentFailure {
    return find(options, measuring, Devices.ofMachine(), told);
  }

  static EvidenceSource find(
      EvidenceOptions options, Measuring measuring, Devices devices, Consumer<String> told)
      throws AgentFailure {
    var hardware = hardware(options, devices, told);
    if (hardware.isEmpty()) {
      return new SoftwareEvidence(measuring);
    }
    return new HardwareEvidence(
        hardware.get(),
        () -> measuring.await().image().measurement(),
        options.hostDataIsImage(),
        options.extendsRegister() ? Optional.of(register(devices)) : Optional.empty());
  }

  private static RuntimeMeasurement register(Devices devices) {
    return new RuntimeMeasurement(
        devices.measurements().resolve(RuntimeMeasurement.REGISTER),
        RuntimeMeasurement.LOG,
        RuntimeMeasurement.PATIENCE);
  }

  /// Returns the source of the hardware, or empty if the evidence is of software.
  ///
  /// @throws AgentFailure also if it cannot do what the options ask for
  static Optional<HardwareSource> hardware(
      EvidenceOptions options, Devices devices, Consumer<String> told) throws AgentFailure {
    var found = search(options, devices, told);
    var impossible =
        found
            .map(source -> options.impossible(direct(source), words(source)))
            .orElseGet(() -> options.impossible(Set.of(), "software evidence"));
    if (!impossible.isEmpty()) {
      throw AgentFailure.refused(String.join("; ", impossible));
    }
    return found;
  }

  private static Set<Isolation> direct(HardwareSource source) {
    var isolation = source.isolation();
    return source.name().direct().contains(isolation) ? Set.of(isolation) : Set.of();
  }

  private static String words(HardwareSource source) {
    return "evidence of %s from `%s`".formatted(source.isolation(), source.name());
  }

  private static Optional<HardwareSource> search(
      EvidenceOptions options, Devices devices, Consumer<String> told) throws AgentFailure {
    var named = options.source();
    if (named.equals(Optional.of(SourceName.SOFTWARE))) {
      return Optional.empty();
    }
    try {
      var sources = new SourceSearch(devices, options.level());
      if (named.isPresent()) {
        return Optional.of(sources.named(named.get()));
      }
      var first = sources.first();
      if (first.isEmpty()) {
        sources.missed().ifPresent(told);
      }
      return first;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AgentFailure.environment("find the source of evidence", e);
    } catch (IOException e) {
      throw AgentFailure.environment(
          "find the source of evidence (`%s %s`)"
              .formatted(EvidenceOptions.SOURCE, named.map(SourceName::toString).orElse("auto")),
          e);
    }
  }
}
