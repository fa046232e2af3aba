package dev.testudo.shield.tls;

/// Describes why a TLS connection failed. The alert names are those of RFC 8446 §6.
final class Alerts {
  private Alerts() {}

  static String withAlert(String reason, String alert) {
    return reason + " (alert " + alert + ")";
  }

  /// Returns the name of the alert with this number, or the number if it is unknown.
  static String name(int number) {
    return switch (number) {
      case 0 -> "close_notify";
      case 10 -> "unexpected_message";
      case 20 -> "bad_record_mac";
      case 22 -> "record_overflow";
      case 40 -> "handshake_failure";
      case 42 -> "bad_certificate";
      case 43 -> "unsupported_certificate";
      case 44 -> "certificate_revoked";
      case 45 -> "certificate_expired";
      case 46 -> "certificate_unknown";
      case 47 -> "illegal_parameter";
      case 48 -> "unknown_ca";
      case 49 -> "access_denied";
      case 50 -> "decode_error";
      case 51 -> "decrypt_error";
      case 70 -> "protocol_version";
      case 71 -> "insufficient_security";
      case 80 -> "internal_error";
      case 86 -> "inappropriate_fallback";
      case 90 -> "user_canceled";
      case 109 -> "missing_extension";
      case 110 -> "unsupported_extension";
      case 112 -> "unrecognized_name";
      case 116 -> "certificate_required";
      case 120 -> "no_application_protocol";
      default -> Integer.toString(number);
    };
  }

  /// Returns why the shield sent `alert`. `detail` is the TLS library's own message.
  static String sentByUs(String alert, String detail, Bond bond) {
    return switch (alert) {
      case "protocol_version" -> "peer does not speak TLS " + bond.minimum();
      case "certificate_required" -> "peer sent no certificate";
      case "bad_record_mac" ->
          "a record from the peer was altered or is not meant for this connection";
      default -> "TLS failed: " + detail;
    };
  }

  /// Returns what it means that the peer sent `alert` to an end that requires `bond`.
  static String sentByPeer(String alert, Bond bond) {
    return switch (alert) {
      case "unknown_ca" -> "peer does not know the authority of our certificate";
      case "certificate_unknown", "bad_certificate", "unsupported_certificate", "access_denied" ->
          "peer does not accept our certificate";
      case "certificate_expired" -> "peer says that our certificate has expired";
      case "certificate_revoked" -> "peer says that our certificate is revoked";
      case "certificate_required", "handshake_failure" ->
          "peer wants a certificate or parameters that the rule does not give";
      case "no_application_protocol" -> "peer is not bound to " + bond.alpn().id();
      case "protocol_version" -> "peer does not speak TLS " + bond.minimum();
      case "unrecognized_name" -> "peer does not serve the name of the rule";
      case "decrypt_error" -> "peer could not verify our signature";
      default -> "peer aborted the connection";
    };
  }
}
