package dev.testudo.shield.relay;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/// The connections of one [Relays] together.
///
/// @param capacity the places for connections
/// @param live the connections that carry data
/// @param clock the clock for the start of a connection
/// @param ids the source of connection numbers
record RelayedConnections(
    Capacity capacity, LiveConnections live, InstantSource clock, AtomicLong ids) {
  /// Creates an empty set with room for `most` connections.
  RelayedConnections(int most, InstantSource clock) {
    this(new Capacity(most), new LiveConnections(), clock, new AtomicLong());
  }
}
