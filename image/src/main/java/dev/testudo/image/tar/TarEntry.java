package dev.testudo.image.tar;

/// An entry of an archive.
///
/// @param name the name as written, see [RawText]; the `/` at the end of a directory's is left out
/// @param kind what it is
/// @param attributes mode, owner, time and extended attributes
public record TarEntry(String name, TarKind kind, FileAttributes attributes) {}
