package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import java.util.Optional;

/// A file that is injected into the service.
///
/// @param permission the mode bits; empty means 0700
public record ManifestFile(Text path, MeshTemplate content, Optional<Integer> permission) {}
