package dev.testudo.shield.relay;

import dev.testudo.shield.Reports;
import dev.testudo.shield.tls.TlsEngines;
import java.util.concurrent.Executor;

/// What all connections of one [Relays] share.
///
/// @param tasks the pool that computes handshakes; bounded, may reject
record RelayContext(
    RelayLimits limits,
    TlsEngines engines,
    Executor tasks,
    RelayedConnections connections,
    Reports reports) {}
