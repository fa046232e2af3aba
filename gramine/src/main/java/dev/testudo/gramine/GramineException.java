package dev.testudo.gramine;

import java.io.IOException;

/// A part of an enclave is refused. The message is one line that says which part it is and what is
/// wrong with it.
public final class GramineException extends IOException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  /// Why a part is refused.
  public enum Reason {
    /// It does not follow its format.
    MALFORMED,
    /// It uses something of its format that is not supported.
    UNSUPPORTED,
    /// It exceeds a limit, or does not fit.
    TOO_LARGE
  }

  private GramineException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /// Returns why it is refused.
  public Reason reason() {
    return reason;
  }

  /// Something does not follow its format.
  public static GramineException malformed(String message) {
    return new GramineException(Reason.MALFORMED, message);
  }

  /// Something of its format is not supported.
  public static GramineException unsupported(String message) {
    return new GramineException(Reason.UNSUPPORTED, message);
  }

  /// A limit is exceeded.
  public static GramineException tooLarge(String message) {
    return new GramineException(Reason.TOO_LARGE, message);
  }
}
