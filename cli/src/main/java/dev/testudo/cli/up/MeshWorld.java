package dev.testudo.cli.up;

import dev.testudo.cli.process.ProcessRunner;
import dev.testudo.cli.terminal.Display;
import dev.testudo.trust.pki.KeyHash;
import java.nio.file.Path;
import java.time.Instant;

/// The environment that a mesh runs in.
///
/// @param owner the key used to register sessions; CAS accepts sessions from no other key
/// @param lib the directory of Testudo's jars, which are measured
/// @param started when the user started the command
public record MeshWorld(
    Launching launching,
    KeyHash owner,
    Path lib,
    ProcessRunner processes,
    SessionRegistry.Connector registry,
    Display display,
    Instant started) {}
