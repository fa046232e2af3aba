package dev.testudo.it.kube;

/// An answer of the API server that is not the object asked for.
final class ApiFault extends Exception {
  private static final long serialVersionUID = 1;

  private final int code;
  private final String reason;

  ApiFault(int code, String reason, String message) {
    super(message);
    this.code = code;
    this.reason = reason;
  }

  static ApiFault notFound(String what) {
    return new ApiFault(404, "NotFound", what + " not found");
  }

  static ApiFault invalid(String why) {
    return new ApiFault(422, "Invalid", why);
  }

  int code() {
    return code;
  }

  String reason() {
    return reason;
  }
}
