package dev.testudo.image.oci;

import java.io.IOException;

/// An image cannot be used. The message says what is wrong, where and why.
public final class ImageException extends IOException {
  private static final long serialVersionUID = 1;

  private final ImageFault fault;

  /// Creates an exception.
  public ImageException(ImageFault fault, String message) {
    super(message);
    this.fault = fault;
  }

  /// Creates an exception with its cause.
  public ImageException(ImageFault fault, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
  }

  /// Returns what is wrong.
  public ImageFault fault() {
    return fault;
  }
}
