package dev.testudo.shield.relay;

import java.time.Duration;

/// What the relay spends at most.
///
/// @param connections legs to peers in one process, handshakes included; more wait in the
///     kernel's queue (inbound) or fail with EMFILE (outbound)
/// @param handshakes handshakes under way per listener; more wait in the kernel's queue
/// @param handshakeTime from the first byte of a handshake's time to its end; also how long an
///     authenticated connection waits for the program's leg
/// @param halfClosedIdle how long a connection with one direction closed may carry nothing
public record RelayLimits(
    int connections, int handshakes, Duration handshakeTime, Duration halfClosedIdle) {
  /// 50 000 connections, 1 000 handshakes per listener, 10 seconds, 15 minutes.
  public static final RelayLimits DEFAULT =
      new RelayLimits(50_000, 1_000, Duration.ofSeconds(10), Duration.ofMinutes(15));
}
