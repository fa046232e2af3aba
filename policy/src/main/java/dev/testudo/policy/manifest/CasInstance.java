package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Optional;

/// A CAS and its roles in a mesh.
///
/// @param name its first role: `cas`, `image`, `security`, `access` or `attestation`
/// @param aliases its further roles
/// @param url its address, `name` or `name:port`; empty if the Meshfile does not give one
/// @param key the hash of the key that it must have, in base58; empty if the Meshfile does not say
/// @param encryptionKey the key to which sessions are encrypted, 64 hexadecimal digits; empty if
///     the Meshfile does not say
/// @param mode how the sessions of the mesh reach it
public record CasInstance(
    Text name,
    List<Text> aliases,
    Optional<Text> url,
    Optional<Text> key,
    Optional<Text> encryptionKey,
    UploadMode mode) {
  public CasInstance {
    aliases = List.copyOf(aliases);
  }

  /// Returns true if this CAS has the given role.
  public boolean serves(String role) {
    return name.value().equals(role) || aliases.stream().anyMatch(a -> a.value().equals(role));
  }

  /// Returns true if the sessions of the mesh go to this CAS.
  public boolean storesSessions() {
    return serves("cas");
  }
}
