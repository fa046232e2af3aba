package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Optional;

/// A CAS and the roles it has for a mesh.
///
/// @param name its first role: `cas`, `image`, `security`, `access` or `attestation`
/// @param aliases its further roles
/// @param url where it is, `name` or `name:port`; absent where the Meshfile leaves it open
public record CasInstance(Text name, List<Text> aliases, Optional<Text> url) {
  public CasInstance {
    aliases = List.copyOf(aliases);
  }

  /// True if it has that role.
  public boolean serves(String role) {
    return name.value().equals(role) || aliases.stream().anyMatch(a -> a.value().equals(role));
  }
}
