package dev.testudo.image.registry;

/// What was to be done.
///
/// @param registry the registry as images name it
/// @param repository the path of the repository
/// @param action such as `push the blob sha256:…`
public record RegistryTask(String registry, String repository, String action) {}
