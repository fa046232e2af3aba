package dev.testudo.image.registry.auth;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/// A token server gave no token.
public final class TokenException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient OptionalInt status;
  private final String retryAfter;

  TokenException(String message) {
    super(message);
    this.status = OptionalInt.empty();
    this.retryAfter = "";
  }

  TokenException(String message, int status, Optional<String> retryAfter) {
    super(message);
    this.status = OptionalInt.of(status);
    this.retryAfter = retryAfter.orElse("");
  }

  /// Returns the status of the answer, if there was one.
  public OptionalInt status() {
    return status;
  }

  /// Returns the value of the header `Retry-After`.
  public Optional<String> retryAfter() {
    return retryAfter.isEmpty() ? Optional.empty() : Optional.of(retryAfter);
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
