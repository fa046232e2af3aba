package dev.testudo.agent.attest;

import dev.testudo.agent.AgentFailure;
import dev.testudo.agent.attest.source.Devices;
import dev.testudo.agent.attest.source.HardwareSource;
import dev.testudo.agent.attest.source.Requests;
import dev.testudo.agent.attest.source.SourceName;
import dev.testudo.agent.attest.source.SourceSearch;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.trust.attest.evidence.ReportData;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Chooses where the evidence of an agent comes from.
public final class EvidenceSources {
  private EvidenceSources() {}

  /// Returns the source of evidence for the image that is measured. If this VM must have been
  /// launched with initdata, that is checked here, before anything else.
  ///
  /// @param asked the service that the agent is about to ask CAS for
  /// @param told hears why there is no evidence of the hardware, where its driver is
  /// @throws AgentFailure if the source that the options name is not there, one that is there does
  ///     not work, or the VM was launched for something else
  public static EvidenceSource find(
      EvidenceOptions options, AskedService asked, Measuring measuring, Consumer<String> told)
      throws AgentFailure, InterruptedException {
    return find(
        options,
        asked,
        new Measurements(
            () -> measuring.await().image().measurement(), () -> measuring.await().measurement()),
        new Places(Devices.ofMachine(), InitdataSearch.ofMachine(options.initdata())),
        told,
        () -> new SoftwareEvidence(measuring));
  }

  /// Where evidence and initdata are.
  record Places(Devices devices, InitdataSearch initdata) {}

  static EvidenceSource find(
      EvidenceOptions options,
      AskedService asked,
      Measurements measured,
      Places places,
      Consumer<String> told,
      Supplier<EvidenceSource> software)
      throws AgentFailure, InterruptedException {
    var hardware = hardware(options, places.devices(), told);
    if (hardware.isEmpty()) {
      return software.get();
    }
    return new HardwareEvidence(
        hardware.get(),
        measured,
        check(options, asked, measured, places.initdata(), hardware.get()),
        options.extendsRegister() ? Optional.of(register(places.devices())) : Optional.empty());
  }

  private static LaunchCheck check(
      EvidenceOptions options,
      AskedService asked,
      Measurements measured,
      InitdataSearch places,
      HardwareSource source)
      throws AgentFailure, InterruptedException {
    return switch (options.launchedFor()) {
      case ANYTHING -> LaunchCheck.NONE;
      case IMAGE -> LaunchCheck.IMAGE;
      case INITDATA -> launchedWith(places.find(), asked, measured, source);
    };
  }

  private static LaunchCheck launchedWith(
      GuestInitdata initdata, AskedService asked, Measurements measured, HardwareSource source)
      throws AgentFailure, InterruptedException {
    LaunchCheck check = (evidence, program) -> initdata.require(evidence, asked, program);
    try {
      check.require(Requests.make(source, anyData()), measured.program());
    } catch (IOException e) {
      throw AgentFailure.environment("obtain evidence from " + source.name(), e);
    }
    return check;
  }

  /// Returns data for a report that nobody else sees.
  private static ReportData anyData() {
    var bytes = new byte[64];
    new SecureRandom().nextBytes(bytes);
    return new ReportData(HexFormat.of().formatHex(bytes));
  }

  private static RuntimeMeasurement register(Devices devices) {
    return new RuntimeMeasurement(
        devices.sysfs().measurements().resolve(RuntimeMeasurement.REGISTER),
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
