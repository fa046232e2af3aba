package dev.testudo.trust.channel;

import dev.testudo.trust.secret.Secret;

/// A file that exists for the program only.
///
/// @param path absolute path
/// @param content all of it
/// @param mode permission bits, at most `0777`
public record InjectedFile(String path, Secret content, int mode) {}
