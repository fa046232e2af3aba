package dev.testudo.cli.up;

import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.policy.deployment.PlannedService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What is to run.
///
/// @param command to run once all services are ready; empty: until the user stops the mesh
/// @param directory where that command starts
public record MeshSetup(
    LoadedMesh mesh, MeshDirectory state, List<String> command, Path directory, Patience patience) {
  public MeshSetup {
    command = List.copyOf(command);
  }

  String namespace() {
    return mesh.plan().namespace().value();
  }

  List<PlannedService> services() {
    return mesh.plan().services();
  }

  /// How long to wait.
  ///
  /// @param ready for all services to be ready, from the beginning
  /// @param stop for all services to end after being asked to; who remains is killed
  public record Patience(Duration ready, Duration stop) {}
}
