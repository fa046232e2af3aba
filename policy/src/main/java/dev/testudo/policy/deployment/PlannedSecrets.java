package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.ManifestSecrets.Fragment;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.substitution.SecretName;
import java.util.List;

/// The secrets of one service of a mesh.
///
/// @param defined its own secrets, with all variables expanded
/// @param imported secrets of other services
public record PlannedSecrets(List<Fragment> defined, List<PlannedImport> imported) {
  public PlannedSecrets {
    defined = List.copyOf(defined);
    imported = List.copyOf(imported);
  }

  /// A secret of another service.
  ///
  /// @param local the name that the importing service uses
  /// @param owner the session that owns it
  /// @param original its name in that session
  public record PlannedImport(SecretName local, SessionName owner, SecretName original) {
    /// Returns true if the secret follows from a declared connection, not from a manifest.
    public boolean isOfConnection() {
      return EdgeNames.isGenerated(original);
    }
  }
}
