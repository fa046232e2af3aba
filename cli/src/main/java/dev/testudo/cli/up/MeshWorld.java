package dev.testudo.cli.up;

import dev.testudo.cli.process.ProcessRunner;
import dev.testudo.cli.terminal.Display;
import dev.testudo.trust.pki.KeyHash;
import java.nio.file.Path;
import java.time.Instant;

/// What a mesh runs in.
///
/// @param owner the key that sessions are registered with; CAS takes them from nobody else
/// @param lib the folder of Testudo's jars, which are measured
/// @param started when the user asked for it
public record MeshWorld(
    Launching launching,
    KeyHash owner,
    Path lib,
    ProcessRunner processes,
    SessionRegistry.Connector registry,
    Display display,
    Instant started) {}
