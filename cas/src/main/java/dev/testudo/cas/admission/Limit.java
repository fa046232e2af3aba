package dev.testudo.cas.admission;

import java.time.Duration;
import java.util.Locale;

/// The limits that CAS sets its callers. `docs/cas.md` lists them; a test keeps the two alike.
///
/// An *address* is an IPv4 address or the /64 of an IPv6 address.
public enum Limit {
  /// Connections of all callers.
  CONNECTIONS(2048, "connections in all; then the address with most of them loses one"),
  /// Connections of one address.
  ADDRESS_CONNECTIONS(512, "connections of one address; then its oldest idle one is closed"),
  /// Time from TCP connection to the end of the TLS handshake.
  HANDSHAKE_SECONDS(5, "seconds until the TLS handshake must be done"),
  /// Time a connection may be idle.
  IDLE_SECONDS(30, "seconds that a connection may be idle"),
  /// Time for the body of a request.
  BODY_SECONDS(30, "seconds for the body of a request to arrive"),
  /// Least rate of bodies and answers.
  BYTES_PER_SECOND(4096, "bytes a second that a body or an answer must move, after 5 seconds"),
  /// Time for an answer to be read.
  ANSWER_SECONDS(60, "seconds at most for an answer to be read"),
  /// Memory for bodies and answers.
  HELD_BYTES(64 << 20, "bytes of bodies and answers in memory; then who holds most gives way"),
  /// The part of it that strangers may hold.
  STRANGERS_HELD_BYTES(40 << 20, "bytes of those that strangers may hold together"),
  /// Requests that wait for their turn.
  WAITING(512, "requests that wait for their turn"),
  /// Requests of one address that wait.
  ADDRESS_WAITING(96, "requests of one address that wait"),
  /// Requests of one key that wait.
  KEY_WAITING(16, "requests of one key that wait"),
  /// Requests worked on at once.
  WORKERS(6, "requests worked on at once; three places are kept from strangers"),
  /// Large requests worked on at once.
  LARGE_WORKERS(1, "requests with a body above 64 KiB worked on at once"),
  /// Requests that wait for keys to be made.
  ASIDE(64, "requests that wait for keys to be made"),
  /// Those of callers that are not known.
  UNKNOWN_ASIDE(48, "requests of callers that are not known that wait for keys"),
  /// Those of one address.
  ADDRESS_ASIDE(16, "requests of one address that wait for keys"),
  /// Request rate of a known key.
  KNOWN_PER_SECOND(200, "requests a second of a key that owns something"),
  /// Request rate of strangers at one address.
  STRANGERS_PER_SECOND(200, "requests a second of all strangers at one address, shared by key"),
  /// Longest wait for a turn.
  TURN_SECONDS(10, "seconds that a request waits for its turn, then it is `busy`"),
  /// Addresses that are told apart.
  ADDRESSES(4096, "addresses that are told apart; the others share one account"),
  /// Keys of one address that are told apart.
  ADDRESS_KEYS(256, "keys at one address that are told apart; the others share one account");

  private final int value;
  private final String meaning;

  Limit(int value, String meaning) {
    this.value = value;
    this.meaning = meaning;
  }

  /// The number.
  public int value() {
    return value;
  }

  /// The number as a time, of a limit in seconds.
  public Duration seconds() {
    return Duration.ofSeconds(value);
  }

  /// The row of the table in `docs/cas.md`.
  public String row() {
    return "| %s | %d | %s |"
        .formatted(name().toLowerCase(Locale.ROOT).replace('_', ' '), value, meaning);
  }
}
