package dev.testudo.image.registry.credential;

/// A credential and where it was found.
///
/// @param credential the credential
/// @param place a file, or a helper and the file that names it, for messages
public record FoundCredential(RegistryCredential credential, String place) {}
