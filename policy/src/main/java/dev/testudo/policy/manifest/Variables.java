package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import java.util.List;
import java.util.Optional;

/// The `environment` section of a service manifest.
///
/// @param local variables that are the same in every mesh
/// @param global variables whose values come from the Meshfile
public record Variables(List<Local> local, List<Global> global) {
  public Variables {
    local = List.copyOf(local);
    global = List.copyOf(global);
  }

  /// A variable that a Meshfile cannot change.
  public record Local(Text name, MeshTemplate value) {}

  /// A variable whose value the Meshfile gives.
  ///
  /// @param fallback the value if the Meshfile gives none; empty if the Meshfile must give one
  public record Global(Text name, Optional<MeshTemplate> fallback) {}
}
