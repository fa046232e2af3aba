package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A CAS and the roles it has for a mesh.
///
/// @param name its first role: `cas`, `image`, `security`, `access` or `attestation`
/// @param aliases its further roles
/// @param url where it is, `name` or `name:port`; absent where the Meshfile leaves it open
/// @param key hash that its key must have
/// @param tolerance options for attesting it, as written
public record CasInstance(
    Text name,
    List<Text> aliases,
    Optional<Text> url,
    Optional<Text> key,
    Optional<Text> tolerance,
    UploadMode mode) {
  public CasInstance {
    aliases = List.copyOf(aliases);
  }

  /// True if it has that role.
  public boolean serves(String role) {
    return name.value().equals(role) || aliases.stream().anyMatch(a -> a.value().equals(role));
  }

  /// How policies get to it.
  public enum UploadMode {
    UPLOAD("Upload"),
    SIGNED_MANIFEST("SignedManifest"),
    ENCRYPTED_MANIFEST("EncryptedManifest"),
    NO_UPLOAD("NoUpload"),
    ENCRYPTED_ONLY("EncryptedOnly"),
    SIGN_ONLINE("SignOnline");

    private final String text;

    UploadMode(String text) {
      this.text = text;
    }

    /// The mode with that name.
    static Optional<UploadMode> parse(String text) {
      return Arrays.stream(values()).filter(mode -> mode.text.equals(text)).findFirst();
    }

    /// All names.
    static List<String> texts() {
      return Arrays.stream(values()).map(UploadMode::toString).toList();
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
