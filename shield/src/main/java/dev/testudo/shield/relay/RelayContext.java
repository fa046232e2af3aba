package dev.testudo.shield.relay;

import dev.testudo.shield.ShieldEvents;
import dev.testudo.shield.Shortages;
import dev.testudo.shield.tls.TlsEngines;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/// What every connection of one [Relays] shares.
///
/// @param tasks where handshakes compute; bounded, may reject
/// @param capacity how many connections there may still be
/// @param live the connections that carry bytes
/// @param shortages hears when there are no descriptors
/// @param clock tells when a connection began
/// @param ids the next connection's number
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
