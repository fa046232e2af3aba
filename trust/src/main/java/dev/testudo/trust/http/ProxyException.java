package dev.testudo.trust.http;

import java.io.IOException;

/// A variable that names a proxy cannot be used. The message says which and why, and quotes nothing
/// of it, because it may contain a password.
public final class ProxyException extends IOException {
  private static final long serialVersionUID = 1;

  ProxyException(String message) {
    super(message);
  }
}
