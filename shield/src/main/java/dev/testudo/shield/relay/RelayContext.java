package dev.testudo.shield.relay;

import dev.testudo.shield.ShieldEvents;
import dev.testudo.shield.Shortages;
import dev.testudo.shield.tls.TlsEngines;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/// What all connections of one [Relays] share.
///
/// @param tasks the pool that computes handshakes; bounded, may reject
/// @param capacity the places for connections
/// @param live the connections that carry data
/// @param shortages receives reports of missing descriptors
/// @param clock the clock for the start of a connection
/// @param ids the source of connection numbers
record RelayContext(
    ShieldEvents events,
    RelayLimits limits,
    TlsEngines engines,
    Executor tasks,
    Capacity capacity,
    LiveConnections live,
    Shortages shortages,
    InstantSource clock,
    AtomicLong ids) {}
