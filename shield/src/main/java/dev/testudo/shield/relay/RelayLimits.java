package dev.testudo.shield.relay;

import java.time.Duration;

/// The relay's resource limits.
///
/// @param connections the maximum number of connections to peers, handshakes included, at least
///     [#CONNECTING]. An outbound connection counts [#CONNECTING] times until it is
///     authenticated. Beyond the limit, inbound peers wait in the kernel's queue and outbound
///     connects fail with `EMFILE`
/// @param handshakes the maximum number of handshakes in progress per listener; further peers wait
///     in the kernel's queue
/// @param handshakeTime how long a handshake may take, not counting the wait for a place in the
///     accept queue. Also how long an authenticated connection waits for the socket to the program
/// @param answerTime how long a server may stay silent on an outbound connection. Its accept queue
///     may be full, and without TLS the kernel would retry for as long
/// @param halfClosedIdle how long a connection with one closed direction may be idle
public record RelayLimits(
    int connections,
    int handshakes,
    Duration handshakeTime,
    Duration answerTime,
    Duration halfClosedIdle) {
  /// 50,000 connections, 1,000 handshakes per listener, 10 seconds, 2 minutes, 15 minutes.
  public static final RelayLimits DEFAULT =
      new RelayLimits(
          50_000, 1_000, Duration.ofSeconds(10), Duration.ofMinutes(2), Duration.ofMinutes(15));

  /// How many connections an outbound connection counts for until it is authenticated. Besides its
  /// own two descriptors, it uses three of the supervisor's: a duplicate of the program's socket,
  /// the gate at which that socket waits, and a pidfd of the calling thread.
  public static final int CONNECTING = 3;

  /// One descriptor to the peer and one to the program.
  private static final int DESCRIPTORS_EACH = 2;

  /// Descriptors reserved for everything short-lived: duplicates of the program's sockets, gates,
  /// files. At most a quarter of all.
  private static final long RESERVE = 200;

  /// Returns these limits with no more connections than `free` descriptors allow. A peer in the
  /// kernel's queue is served later, but a peer that is accepted without a descriptor for the
  /// socket to the program is lost.
  public RelayLimits within(long free) {
    long most = (free - Math.min(RESERVE, free / 4)) / DESCRIPTORS_EACH;
    return new RelayLimits(
        Math.clamp(most, CONNECTING, connections),
        handshakes,
        handshakeTime,
        answerTime,
        halfClosedIdle);
  }
}
