package dev.testudo.shield.relay;

import java.time.Duration;

/// What the relay spends at most.
///
/// @param connections legs to peers in one process, handshakes included, at least [#CONNECTING];
///     more wait in the kernel's queue (inbound) or fail with EMFILE (outbound). An outbound one
///     counts [#CONNECTING] times until it is authenticated
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

  /// How many connections one counts for while the program makes it. Besides the two descriptors
  /// of each, it costs three of whoever keeps the program waiting: for its socket, for where that
  /// waits, and for the thread that called.
  public static final int CONNECTING = 3;

  /// Each connection has one to the peer and one to the program.
  private static final int DESCRIPTORS_EACH = 2;

  /// For everything else that comes and goes: duplicates of the program's sockets, gates, files. At
  /// most a quarter of all.
  private static final long RESERVE = 200;

  /// The same with no more connections than `free` descriptors are enough for: who waits in the
  /// kernel's queue is served later, who was let in without a descriptor for the rest of the way is
  /// lost.
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
