package dev.testudo.agent.attest.tpm;

import java.io.IOException;

/// Thrown when a TPM refuses a command.
public final class TpmException extends IOException {
  private static final long serialVersionUID = 1;

  /// `RC_FMT1`: the code names a handle, a session or a parameter by its number.
  private static final int FORMAT_ONE = 0x080;

  private static final int ERROR_OF_FORMAT_ONE = 0x0bf;

  private static final int YIELDED = 0x908;
  private static final int TESTING = 0x90a;
  private static final int NV_RATE = 0x920;

  /// `TPM_RC_RETRY`: the command may be sent again at once.
  static final int RETRY = 0x922;

  /// `TPM_RC_HANDLE`: there is no such key or index.
  private static final int HANDLE = 0x08b;

  private final int code;

  TpmException(String command, int code) {
    super("the TPM refuses %s with %#x".formatted(command, code));
    this.code = code;
  }

  /// Returns the response code (`TPM_RC`).
  public int code() {
    return code;
  }

  /// Returns whether the same command may succeed later.
  public boolean mayPass() {
    return switch (code) {
      case YIELDED, TESTING, NV_RATE, RETRY -> true;
      default -> false;
    };
  }

  /// Returns whether the handle of the command leads to nothing.
  public boolean isAbsent() {
    return (code & FORMAT_ONE) != 0 && (code & ERROR_OF_FORMAT_ONE) == HANDLE;
  }
}
