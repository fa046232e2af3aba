package dev.testudo.image.sbom;

/// A file that should describe packages cannot be understood. The message says why.
final class SbomException extends Exception {
  private static final long serialVersionUID = 1L;

  SbomException(String message) {
    super(message);
  }

  SbomException(String message, Throwable cause) {
    super(message, cause);
  }
}
