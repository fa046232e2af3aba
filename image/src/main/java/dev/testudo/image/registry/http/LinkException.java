package dev.testudo.image.registry.http;

import java.io.IOException;
import java.util.Objects;

/// An exchange with an HTTP server failed. The message never contains a header, a query or a body.
public final class LinkException extends IOException {
  private static final long serialVersionUID = 1L;

  private final LinkFault fault;

  /// Creates an exception without a cause.
  public LinkException(LinkFault fault, String message) {
    super(message);
    this.fault = fault;
  }

  /// Creates an exception with the failure that it describes.
  public LinkException(LinkFault fault, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
  }

  /// Returns the kind of the failure.
  public LinkFault fault() {
    return fault;
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
