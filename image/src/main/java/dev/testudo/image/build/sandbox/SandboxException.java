package dev.testudo.image.build.sandbox;

import java.io.IOException;

/// A program cannot be run in a sandbox. The message is one line.
public final class SandboxException extends IOException {
  private static final long serialVersionUID = 1;

  private final SandboxFault fault;

  /// Creates an exception.
  public SandboxException(SandboxFault fault, String message) {
    super(message);
    this.fault = fault;
  }

  /// Returns why.
  public SandboxFault fault() {
    return fault;
  }
}
