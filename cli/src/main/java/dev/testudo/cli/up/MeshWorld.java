package dev.testudo.cli.up;

import dev.testudo.cli.process.ProcessRunner;
import dev.testudo.cli.terminal.Display;
import java.nio.file.Path;
import java.time.Instant;

/// What a mesh runs in.
///
/// @param lib the folder of Testudo's jars, which are measured
/// @param started when the user asked for it
public record MeshWorld(
    Launching launching,
    Path lib,
    ProcessRunner processes,
    SessionRegistry.Connector registry,
    Display display,
    Instant started) {}
