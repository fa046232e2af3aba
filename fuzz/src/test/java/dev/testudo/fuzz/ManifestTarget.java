package dev.testudo.fuzz;

import dev.testudo.policy.manifest.ManifestKind;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.shield.EnvironmentFile;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.nio.charset.StandardCharsets;

/// The text of a service manifest, a Meshfile or the rules of a shield.
public final class ManifestTarget {
  private ManifestTarget() {}

  /// Reads one input as each of them.
  public static void fuzzerTestOneInput(byte[] input) {
    var source = new SourceFile("file", new String(input, StandardCharsets.UTF_8));
    ManifestKind.of(source);
    Diagnostics.render(ServiceManifest.read(source).diagnostics());
    Diagnostics.render(Mesh.read(source).diagnostics());
    var variables = EnvironmentFile.read(source);
    Diagnostics.render(variables.diagnostics());
    if (variables instanceof Parsed.Valid<?>) {
      Diagnostics.render(variables.then(ShieldVariables::readLocated).diagnostics());
    }
  }
}
