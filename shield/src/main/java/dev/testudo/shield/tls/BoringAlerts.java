package dev.testudo.shield.tls;

/// Describes errors of BoringSSL.
final class BoringAlerts {
  /// Reasons at or above this are alerts from the peer (`SSL_AD_REASON_OFFSET`).
  private static final int RECEIVED = 1000;

  private static final int ALERT = 21;
  private static final int ALERT_LENGTH = 7;

  private BoringAlerts() {}

  /// Describes an error. `reason` and `text` are as BoringSSL reports them. `sent` is what goes to
  /// the peer now; an unencrypted alert in it can be read.
  static TlsFailure explain(int reason, String text, byte[] sent, Bond bond) {
    if (reason >= RECEIVED) {
      var alert = Alerts.name(reason - RECEIVED);
      return new TlsFailure(Alerts.withAlert(Alerts.sentByPeer(alert, bond), alert));
    }
    var name = text.substring(text.lastIndexOf(':') + 1);
    var alert = plain(sent);
    return new TlsFailure(words(name, alert.isEmpty() ? usual(name) : alert, bond));
  }

  private static String words(String name, String alert, Bond bond) {
    return switch (name) {
      case "NO_COMMON_SIGNATURE_ALGORITHMS" ->
          Alerts.withAlert(
              "the two sides have no common signature algorithm; BoringSSL accepts no Ed25519 key"
                  + " from a peer",
              alert);
      case "TOO_MANY_KEY_UPDATES" ->
          Alerts.withAlert("peer asks for key updates and sends nothing between them", alert);
      default ->
          alert.isEmpty()
              ? "TLS failed: " + readable(name)
              : Alerts.withAlert(Alerts.sentByUs(alert, readable(name), bond), alert);
    };
  }

  /// Returns the name of the alert at the end of `sent`, if it is not encrypted.
  private static String plain(byte[] sent) {
    int at = sent.length - ALERT_LENGTH;
    return at >= 0 && sent[at] == ALERT && sent[at + 3] == 0 && sent[at + 4] == 2
        ? Alerts.name(sent[sent.length - 1] & 0xff)
        : "";
  }

  /// Returns the alert that BoringSSL sends for an error once the connection is encrypted.
  private static String usual(String name) {
    return switch (name) {
      case "UNSUPPORTED_PROTOCOL", "WRONG_VERSION_NUMBER" -> "protocol_version";
      case "PEER_DID_NOT_RETURN_A_CERTIFICATE" -> "certificate_required";
      case "DECRYPTION_FAILED_OR_BAD_RECORD_MAC" -> "bad_record_mac";
      case "NO_COMMON_SIGNATURE_ALGORITHMS", "NO_SHARED_GROUP", "NO_SHARED_CIPHER" ->
          "handshake_failure";
      case "DATA_LENGTH_TOO_LONG", "ENCRYPTED_LENGTH_TOO_LONG" -> "record_overflow";
      case "DECODE_ERROR", "BAD_ALERT" -> "decode_error";
      case "DIGEST_CHECK_FAILED", "BAD_SIGNATURE" -> "decrypt_error";
      case "UNEXPECTED_MESSAGE",
          "UNEXPECTED_RECORD",
          "TOO_MANY_KEY_UPDATES",
          "TOO_MANY_EMPTY_FRAGMENTS",
          "TOO_MANY_WARNING_ALERTS" ->
          "unexpected_message";
      case "WRONG_SIGNATURE_TYPE", "INVALID_ALPN_PROTOCOL", "WRONG_CURVE", "BAD_ECPOINT" ->
          "illegal_parameter";
      default -> "";
    };
  }

  private static String readable(String name) {
    return name.toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }
}
