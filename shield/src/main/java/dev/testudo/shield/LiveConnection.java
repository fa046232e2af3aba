package dev.testudo.shield;

import dev.testudo.trust.status.SecuredConnection;
import dev.testudo.trust.status.Traffic;
import java.time.Instant;

/// A snapshot of a protected connection.
///
/// @param connection the connection, as in its [ShieldEvent.Opened] event
/// @param traffic the bytes carried so far
/// @param since when the program got the connection
public record LiveConnection(
    SecuredConnection connection, Traffic traffic, Instant since, TlsSession tls) {}
