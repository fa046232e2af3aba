package dev.testudo.cli.up;

import dev.testudo.cli.mesh.LoadedMesh;
import dev.testudo.policy.deployment.PlannedService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What to run.
///
/// @param command the command to run once all services are ready; empty to run until the
///     user stops the mesh
/// @param directory the working directory of that command
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

  /// The time limits.
  ///
  /// @param ready the time for all services to become ready, from the start
  /// @param stop the time for all services to exit after being asked; those that remain are killed
  public record Patience(Duration ready, Duration stop) {}
}
