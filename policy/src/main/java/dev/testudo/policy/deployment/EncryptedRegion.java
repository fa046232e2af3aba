package dev.testudo.policy.deployment;

import java.util.Optional;

/// The encrypted files of an image (`dirs` of its manifest).
///
/// @param path the folder of the image that has them in encrypted form (`fspf_path`)
/// @param key the key, 64 hexadecimal digits (`fspf_key`)
/// @param tag their state, 32 hexadecimal digits (`fspf_tag`); empty if several versions of the
///     image may run, whose measurements tell their states
public record EncryptedRegion(String path, String key, Optional<String> tag) {
  /// Returns the same files in any state that the key makes.
  public EncryptedRegion inAnyState() {
    return new EncryptedRegion(path, key, Optional.empty());
  }

  /// Does not show the key.
  @Override
  public String toString() {
    return "EncryptedRegion[path=%s, tag=%s]".formatted(path, tag);
  }
}
