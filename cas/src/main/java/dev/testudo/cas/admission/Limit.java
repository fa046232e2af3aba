package dev.testudo.cas.admission;

import java.time.Duration;
import java.util.Locale;

/// The limits that CAS imposes on callers. `docs/cas.md` lists them; a test compares the two.
///
/// An *address* is an IPv4 address or the /64 prefix of an IPv6 address.
public enum Limit {
  /// Connections of all callers.
  CONNECTIONS(2048, "connections in total; beyond it, the address with the most loses one"),
  /// Connections of one address.
  ADDRESS_CONNECTIONS(512, "connections of one address; beyond it, its oldest idle one is closed"),
  /// Time from TCP connection to the end of the TLS handshake.
  HANDSHAKE_SECONDS(5, "seconds for the TLS handshake to finish"),
  /// Time a connection may be idle.
  IDLE_SECONDS(30, "seconds that a connection may be idle"),
  /// Time for the body of a request.
  BODY_SECONDS(30, "seconds for the body of a request to arrive"),
  /// Minimum rate of bodies and answers.
  BYTES_PER_SECOND(4096, "least bytes a second of a body or an answer, after 5 seconds"),
  /// Time in which the client must read an answer.
  ANSWER_SECONDS(60, "seconds for the caller to read an answer"),
  /// Memory for bodies and answers.
  HELD_BYTES(64 << 20, "bytes of bodies and answers held; beyond it, the largest holder gives way"),
  /// The part of it for strangers.
  STRANGERS_HELD_BYTES(40 << 20, "bytes of these that strangers may hold together"),
  /// Requests that wait for their turn.
  WAITING(512, "requests that wait for their turn"),
  /// Requests of one address that wait.
  ADDRESS_WAITING(96, "requests of one address that wait for their turn"),
  /// Requests of one key that wait.
  KEY_WAITING(16, "requests of one key that wait for their turn"),
  /// Requests executed at once.
  WORKERS(6, "requests in progress at once; three serve known callers and neighbours only"),
  /// Large requests executed at once.
  LARGE_WORKERS(1, "requests with a body above 64 KiB in progress at once"),
  /// Requests that wait for generated keys.
  ASIDE(64, "requests that wait for key generation"),
  /// Of those, requests of callers that are not known.
  UNKNOWN_ASIDE(48, "requests of callers that are not known that wait for key generation"),
  /// Of those, requests of one address.
  ADDRESS_ASIDE(16, "requests of one address that wait for key generation"),
  /// Request rate of a known key.
  KNOWN_PER_SECOND(200, "requests a second of a key that owns something"),
  /// Request rate of strangers at one address.
  STRANGERS_PER_SECOND(200, "requests a second of all strangers at one address, split among keys"),
  /// Longest wait for a turn.
  TURN_SECONDS(10, "seconds that a request waits for its turn before it is refused as `busy`"),
  /// Addresses with an account of their own.
  ADDRESSES(4096, "addresses with an account of their own; the others share one"),
  /// Keys of one address with an account of their own.
  ADDRESS_KEYS(256, "keys of one address with an account of their own; the others share one");

  private final int value;
  private final String meaning;

  Limit(int value, String meaning) {
    this.value = value;
    this.meaning = meaning;
  }

  /// Returns the limit.
  public int value() {
    return value;
  }

  /// Returns the limit as a duration; only for limits in seconds.
  public Duration seconds() {
    return Duration.ofSeconds(value);
  }

  /// Returns the row in the table of `docs/cas.md`.
  public String row() {
    return "| %s | %d | %s |"
        .formatted(name().toLowerCase(Locale.ROOT).replace('_', ' '), value, meaning);
  }
}
