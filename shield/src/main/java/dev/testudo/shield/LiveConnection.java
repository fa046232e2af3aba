package dev.testudo.shield;

import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.Traffic;
import java.time.Instant;

/// A protected connection as it is at one moment.
///
/// @param connection as in its [ShieldEvent.Opened] event
/// @param traffic so far
/// @param since when it was handed to the program
public record LiveConnection(
    SecuredConnection connection, Traffic traffic, Instant since, TlsSession tls) {}
