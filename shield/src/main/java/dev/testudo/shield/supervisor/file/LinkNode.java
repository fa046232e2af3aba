package dev.testudo.shield.supervisor.file;

/// A symbolic link that only the shield shows.
///
/// @param target what it names, one character per byte
record LinkNode(String path, boolean exists, String target) implements Node {}
