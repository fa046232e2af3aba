package dev.testudo.image.build.sandbox;

import java.nio.file.Path;

/// A file or directory of this machine that a sandbox shows.
///
/// @param source the file or directory
/// @param destination where it appears in the sandbox: an absolute path without links
/// @param readOnly whether it cannot be changed there
public record SandboxMount(Path source, String destination, boolean readOnly) {}
