package dev.testudo.shield.tls;

/// Puts an error of BoringSSL into words.
final class BoringAlerts {
  /// Reasons from here on are alerts of the peer (`SSL_AD_REASON_OFFSET`).
  private static final int RECEIVED = 1000;

  private static final int ALERT = 21;
  private static final int ALERT_LENGTH = 7;

  private BoringAlerts() {}

  /// `reason` and `text` as BoringSSL reports them; `sent` is what goes to the peer now, where an
  /// alert that is not encrypted can be read.
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
              "one side's key is of a kind the other does not take; BoringSSL takes no peer with an"
                  + " Ed25519 key",
              alert);
      case "TOO_MANY_KEY_UPDATES" ->
          Alerts.withAlert("peer asks for key updates and sends nothing between them", alert);
      default ->
          alert.isEmpty()
              ? "TLS failed: " + readable(name)
              : Alerts.withAlert(Alerts.sentByUs(alert, readable(name), bond), alert);
    };
  }

  /// The name of the alert that is the end of `sent`, if it is in clear.
  private static String plain(byte[] sent) {
    int at = sent.length - ALERT_LENGTH;
    return at >= 0 && sent[at] == ALERT && sent[at + 3] == 0 && sent[at + 4] == 2
        ? Alerts.name(sent[sent.length - 1] & 0xff)
        : "";
  }

  /// The alert BoringSSL sends for an error that is met under encryption.
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
