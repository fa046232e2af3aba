package dev.testudo.trust.channel;

import dev.testudo.trust.secret.Secret;

/// A file that exists only for the program.
///
/// @param path the absolute path
/// @param content the whole content
/// @param mode the permission bits, at most `0777`
public record InjectedFile(String path, Secret content, int mode) {}
