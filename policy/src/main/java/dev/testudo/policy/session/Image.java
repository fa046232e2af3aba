package dev.testudo.policy.session;

import dev.testudo.policy.substitution.SecretName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What a policy adds to the file system of services.
///
/// @param provided the secrets that files of the image may use; absent if they may use all
public record Image(
    String name,
    List<InjectionFile> files,
    Optional<Set<SecretName>> provided,
    List<Volume.Mount> mounts) {
  public Image {
    files = List.copyOf(files);
    provided = provided.map(Set::copyOf);
    mounts = List.copyOf(mounts);
  }

  /// Returns the files whose text comes from the image.
  public List<InjectionFile> fromImage() {
    return files.stream().filter(file -> file.content().isEmpty()).toList();
  }

  /// Returns true if the placeholders in files of the image may use a secret.
  public boolean provides(SecretName secret) {
    return !fromImage().isEmpty() && (provided.isEmpty() || provided.get().contains(secret));
  }
}
