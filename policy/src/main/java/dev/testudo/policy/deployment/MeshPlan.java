package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.source.Parsed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A mesh whose services have their manifests and values.
public record MeshPlan(Mesh mesh, List<PlannedService> services) {
  public MeshPlan {
    services = List.copyOf(services);
  }

  /// Joins a mesh with the manifests of its images, by `build.to`. A value is looked for in the
  /// service's block, then `helm`, then `global`, then the manifest's default; every missing one is
  /// reported.
  public static Parsed<MeshPlan> resolve(Mesh mesh, Map<String, ServiceManifest> manifests) {
    return new MeshResolver(mesh, manifests).resolve();
  }

  /// The application's namespace.
  public SessionName namespace() {
    return mesh.policy().namespace();
  }

  /// Whether its services must present a join token: where software evidence is tolerated, which
  /// anybody can claim.
  public boolean needsJoinTokens() {
    return mesh.policy().tolerated().contains(Tolerance.SOFTWARE_EVIDENCE);
  }

  /// The sessions: the namespace's own first, then one for each service. Each can be read by
  /// [SessionParser#read] without a problem.
  ///
  /// @param measurements by service name in the mesh; 64 hexadecimal digits
  /// @throws IllegalArgumentException if a service has no measurement
  public List<SessionText> sessions(Map<String, String> measurements) {
    var writer = new SessionWriter(this);
    List<SessionText> sessions = new ArrayList<>();
    sessions.add(writer.namespace());
    for (var service : services) {
      var measurement = measurements.get(service.name());
      if (measurement == null) {
        throw new IllegalArgumentException("no measurement of service " + service.name());
      }
      sessions.add(writer.service(service, measurement));
    }
    return List.copyOf(sessions);
  }
}
