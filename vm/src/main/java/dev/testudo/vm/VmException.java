package dev.testudo.vm;

import java.io.IOException;

/// A part of a VM image is refused, or what it is made of cannot be measured. The message is one
/// line that says which part it is and what is wrong with it.
public final class VmException extends IOException {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  /// Why a part is refused.
  public enum Reason {
    /// It does not follow its format.
    MALFORMED,
    /// It uses something of its format that is not supported.
    UNSUPPORTED,
    /// It exceeds a limit.
    TOO_LARGE,
    /// It has not what is asked of it, such as a firmware without SNP metadata.
    LACKING
  }

  private VmException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /// Returns why it is refused.
  public Reason reason() {
    return reason;
  }

  /// Something does not follow its format.
  public static VmException malformed(String message) {
    return new VmException(Reason.MALFORMED, message);
  }

  /// Something of its format is not supported.
  public static VmException unsupported(String message) {
    return new VmException(Reason.UNSUPPORTED, message);
  }

  /// A limit is exceeded.
  public static VmException tooLarge(String message) {
    return new VmException(Reason.TOO_LARGE, message);
  }

  /// Something is absent that is needed.
  public static VmException lacking(String message) {
    return new VmException(Reason.LACKING, message);
  }
}
