package dev.testudo.cli;

import dev.testudo.cli.build.BuiltVersion;
import dev.testudo.cli.chart.GuestOrder;
import dev.testudo.cli.exit.CommandFailed;
import dev.testudo.cli.kata.AgentPolicyCheck;
import dev.testudo.cli.mesh.SourceFiles;
import dev.testudo.cli.up.RunningCas;
import dev.testudo.policy.deployment.PlannedService;
import dev.testudo.policy.manifest.KataGuest;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.MeshMachine;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Text;
import dev.testudo.trust.attest.evidence.Measurement;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What the guests of Kata Containers of a mesh get.
final class GuestOrders {
  private GuestOrders() {}

  /// Returns whether services of a mesh run in such guests.
  static boolean areIn(Mesh mesh) {
    return machine(mesh).isPresent();
  }

  private static Optional<MeshMachine> machine(Mesh mesh) {
    return mesh.policy().machines().stream().filter(one -> one.kata().isPresent()).findFirst();
  }

  /// Returns what the guests get, if there are any.
  ///
  /// @param findings prints gaps in agent policies
  /// @param meshFile the Meshfile, which names further files
  /// @param known the CAS where the sessions are, if it is known
  /// @throws CommandFailed if the CAS is not known, a file cannot be read, or an agent policy is
  // open
  static Optional<GuestOrder> of(
      Findings findings,
      Mesh mesh,
      Path meshFile,
      Map<PlannedService, BuiltVersion> versions,
      Optional<RunningCas> known)
      throws CommandFailed {
    var machine = machine(mesh);
    if (machine.isEmpty()) {
      return Optional.empty();
    }
    if (known.isEmpty()) {
      throw CommandFailed.input(
          "initdata of guests names the CAS by its key, and none is known; give `cas_url` and `cas_key` in %s"
              .formatted(meshFile));
    }
    var guest = machine.get().kata().orElseThrow();
    Map<String, Measurement> measurements = new LinkedHashMap<>();
    versions.forEach((service, version) -> measurements.put(service.name(), version.measurement()));
    return Optional.of(
        new GuestOrder(
            machine.get().kind(),
            guest,
            known.get().key(),
            measurements,
            files(findings, guest, meshFile)));
  }

  private static Map<String, String> files(Findings findings, KataGuest guest, Path meshFile)
      throws CommandFailed {
    Map<String, String> files = new LinkedHashMap<>();
    for (var text : guest.configuration().values()) {
      files.put(text.value(), SourceFiles.read(place(text, meshFile)).text());
    }
    var gaps = new ArrayList<Diagnostic>();
    for (var text : guest.policies().values()) {
      var policy = SourceFiles.read(place(text, meshFile));
      gaps.addAll(AgentPolicyCheck.of(policy));
      files.put(text.value(), policy.text());
    }
    findings.needNoErrors(gaps);
    return files;
  }

  private static Path place(Text text, Path meshFile) throws CommandFailed {
    try {
      var path = Path.of(text.value()).normalize();
      if (!path.isAbsolute() && !path.startsWith("..")) {
        return meshFile.resolveSibling(path);
      }
    } catch (InvalidPathException _) {
      // Reported below.
    }
    throw CommandFailed.input(
        "%s: `%s` lies neither beside nor below the Meshfile"
            .formatted(text.span().place(), text.quotable()));
  }
}
