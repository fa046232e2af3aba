package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.source.Parsed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /// The sessions: the namespace's own first, then one for each service. Each can be read by
  /// [dev.testudo.policy.session.Session#read] without a problem.
  ///
  /// @param measurements by service name in the mesh; 64 hexadecimal digits
  /// @throws IllegalArgumentException if a service has no measurement
  public List<SessionText> sessions(Map<String, String> measurements) {
    return sessions(measurements, Map.of());
  }

  /// As [#sessions(Map)], for services that must present a token besides their evidence.
  ///
  /// @param accessTokens by service name; a service that is not in it needs none
  public List<SessionText> sessions(
      Map<String, String> measurements, Map<String, String> accessTokens) {
    var writer = new SessionWriter(this);
    List<SessionText> sessions = new ArrayList<>();
    sessions.add(writer.namespace());
    for (var service : services) {
      var measurement = measurements.get(service.name());
      if (measurement == null) {
        throw new IllegalArgumentException("no measurement of service " + service.name());
      }
      var token = Optional.ofNullable(accessTokens.get(service.name()));
      sessions.add(writer.service(service, measurement, token));
    }
    return List.copyOf(sessions);
  }
}
