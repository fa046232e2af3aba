package dev.testudo.trust.collateral;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// A document cannot be had or kept. The message is one line: what, where, why, what to do.
public final class CollateralException extends IOException {
  private static final long serialVersionUID = 1;

  private final Fault fault;
  private final transient Optional<Duration> retryAfter;

  /// Why.
  public enum Fault {
    /// What was given does not follow any known format, or exceeds a limit.
    MALFORMED,
    /// The document is not signed as it must be, or is about something else.
    NOT_GENUINE,
    /// The document has ended, or is not valid yet.
    OUTSIDE_VALIDITY,
    /// A newer document is there.
    OLDER,
    /// There is no room for more documents.
    FULL,
    /// Another process changes the folder for too long.
    BUSY,
    /// The service has no such document.
    UNKNOWN,
    /// The service demands fewer requests.
    RATE,
    /// The service cannot be reached, or does not answer as it should.
    SERVICE
  }

  /// Creates an exception.
  ///
  /// @param message one line
  public CollateralException(Fault fault, String message) {
    this(fault, message, Optional.empty());
  }

  /// Creates an exception for a service that says when to ask again.
  public CollateralException(Fault fault, String message, Optional<Duration> retryAfter) {
    super(message);
    this.fault = fault;
    this.retryAfter = retryAfter;
  }

  /// Returns why.
  public Fault fault() {
    return fault;
  }

  /// Returns how long the service wants to be left alone, if it says so.
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
