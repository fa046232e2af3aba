package dev.testudo.shield.relay;

import java.time.Duration;

/// What the relay spends at most.
///
/// @param connections legs to peers in one process, handshakes included; more wait in the
///     kernel's queue (inbound) or fail with EMFILE (outbound)
/// @param handshakes handshakes under way per listener; more wait in the kernel's queue
/// @param handshakeTime how long a handshake may take; a peer that waits for its place in the
///     accept queue has all of it afterwards. Also how long an authenticated connection waits for
///     the program's leg
/// @param answerTime how long a server may say nothing at all, outbound: its accept queue may be
///     full, and without TLS the kernel would try as long
/// @param halfClosedIdle how long a connection with one direction closed may carry nothing
public record RelayLimits(
    int connections,
    int handshakes,
    Duration handshakeTime,
    Duration answerTime,
    Duration halfClosedIdle) {
  /// 50 000 connections, 1 000 handshakes per listener, 10 seconds, 2 minutes, 15 minutes.
  public static final RelayLimits DEFAULT =
      new RelayLimits(
          50_000, 1_000, Duration.ofSeconds(10), Duration.ofMinutes(2), Duration.ofMinutes(15));
}
