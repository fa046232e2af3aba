package dev.testudo.image.registry.credential;

import java.io.IOException;
import java.util.Objects;

/// Stored credentials cannot be used. The message names the file or the helper, never a value.
public final class CredentialException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String place;

  /// Creates an exception.
  ///
  /// @param place the file or the program
  public CredentialException(String place, String message) {
    super(message);
    this.place = place;
  }

  /// Returns the file or the program that cannot be used.
  public String place() {
    return place;
  }

  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
