package dev.testudo.container.guest;

/// The virtual machine cannot be prepared. The message says which step failed, and why.
public final class GuestException extends Exception {
  private static final long serialVersionUID = 1;

  GuestException(String message, Throwable cause) {
    super(message, cause);
  }
}
