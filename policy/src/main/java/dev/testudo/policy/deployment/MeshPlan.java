package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A mesh whose services are joined with their manifests and values.
///
/// @param hosts the service of each host name by which declared connections reach one
public record MeshPlan(Mesh mesh, List<PlannedService> services, Map<String, String> hosts) {
  public MeshPlan {
    services = List.copyOf(services);
    hosts = Collections.unmodifiableMap(new TreeMap<>(hosts));
  }

  /// Joins a mesh with the manifests of its images, which `build.to` identifies. Values are looked
  /// up in the service's block, then `helm`, then `global`, then the manifest's default. All
  /// missing values are reported.
  public static Parsed<MeshPlan> resolve(Mesh mesh, Map<String, ServiceManifest> manifests) {
    return resolve(mesh, manifests, Map.of());
  }

  /// Joins a mesh as above.
  ///
  /// @param files the files that the Meshfile names (`image_secrets`), by their paths as written
  public static Parsed<MeshPlan> resolve(
      Mesh mesh, Map<String, ServiceManifest> manifests, Map<String, SourceFile> files) {
    return new MeshResolver(mesh, manifests, files).resolve();
  }

  /// Returns the namespace of the application.
  public SessionName namespace() {
    return mesh.policy().namespace();
  }

  /// Returns true if services must present a join token: the mesh tolerates software evidence,
  /// which anybody can claim, or leaves it to others whether it does.
  public boolean needsJoinTokens() {
    return mesh.policy().platform().tolerates(Tolerance.SOFTWARE_EVIDENCE)
        || mesh.policy().fragments().decideOnEvidence();
  }

  /// Returns the sessions: the namespace's own first, then one for each service.
  /// [SessionParser#read] reads each without errors.
  ///
  /// @param images the image of each service, by the name of the service in the mesh
  /// @throws IllegalArgumentException if a service has none
  public List<SessionText> sessions(Map<String, BuiltImage> images) {
    var writer = new SessionWriter(this);
    List<SessionText> sessions = new ArrayList<>();
    sessions.add(writer.namespace());
    for (var service : services) {
      var image = images.get(service.name());
      if (image == null) {
        throw new IllegalArgumentException("no image of service " + service.name());
      }
      sessions.add(writer.service(service, image));
    }
    return List.copyOf(sessions);
  }
}
