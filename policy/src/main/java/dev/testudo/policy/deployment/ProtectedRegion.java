package dev.testudo.policy.deployment;

import java.util.Optional;

/// The files of an image that are in a volume (`dirs`, `fs_dirs` and `fs_files` of its manifest).
///
/// @param path the folder of the image that has the volume (`fspf_path`)
/// @param key the key, 64 hexadecimal digits (`fspf_key`)
/// @param tag their state, 32 hexadecimal digits (`fspf_tag`); empty if several versions of the
///     image may run, whose measurements tell their states
/// @param encrypted whether the key keeps them secret; otherwise everybody may know it
public record ProtectedRegion(String path, String key, Optional<String> tag, boolean encrypted) {
  /// Returns the same files in any state that the key makes.
  public ProtectedRegion inAnyState() {
    return new ProtectedRegion(path, key, Optional.empty(), encrypted);
  }

  /// Does not show the key.
  @Override
  public String toString() {
    return "ProtectedRegion[path=%s, tag=%s]".formatted(path, tag);
  }
}
