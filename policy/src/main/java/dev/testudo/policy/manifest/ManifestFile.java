package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import java.util.Optional;

/// A file injected into the service.
///
/// @param permission mode bits; absent: 0700
public record ManifestFile(Text path, MeshTemplate content, Optional<Integer> permission) {}
