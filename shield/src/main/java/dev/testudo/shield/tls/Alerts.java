package dev.testudo.shield.tls;

import dev.testudo.shield.rule.Alpn;
import java.util.regex.Pattern;

/// Puts a failed TLS connection into words. Alert names are those of RFC 8446 §6.
final class Alerts {
  /// JSSE names the alert in front of its message: `(protocol_version) The client …`.
  private static final Pattern JSSE = Pattern.compile("\\((\\w+)\\) (.*)", Pattern.DOTALL);

  private static final Pattern RECEIVED =
      Pattern.compile(".*Received fatal alert: (\\w+)", Pattern.DOTALL);

  private Alerts() {}

  /// `problem` as JSSE threw it; `alpn` is what the connection is bound to.
  static TlsFailure explain(Throwable problem, Alpn alpn) {
    var text = String.valueOf(problem.getMessage());
    var received = RECEIVED.matcher(text);
    if (received.matches()) {
      return new TlsFailure(
          withAlert(sentByPeer(received.group(1), alpn), received.group(1)), problem);
    }
    var ours = JSSE.matcher(text);
    if (!ours.matches()) {
      return new TlsFailure("TLS failed: " + text, problem);
    }
    var alert = ours.group(1);
    for (var cause = problem.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof PeerRefused refused) {
        return new TlsFailure(withAlert(String.valueOf(refused.getMessage()), alert), problem);
      }
    }
    return new TlsFailure(withAlert(sentByUs(alert, ours.group(2)), alert), problem);
  }

  static String withAlert(String reason, String alert) {
    return reason + " (alert " + alert + ")";
  }

  private static String sentByUs(String alert, String detail) {
    return switch (alert) {
      case "protocol_version" -> "peer does not speak TLS 1.3";
      case "certificate_required" -> "peer sent no certificate";
      case "bad_record_mac" ->
          "a record from the peer was altered or is not meant for this connection";
      default -> "TLS failed: " + detail;
    };
  }

  private static String sentByPeer(String alert, Alpn alpn) {
    return switch (alert) {
      case "unknown_ca" -> "peer does not know the authority of our certificate";
      case "certificate_unknown", "bad_certificate", "unsupported_certificate", "access_denied" ->
          "peer does not accept our certificate";
      case "certificate_expired" -> "peer says that our certificate has expired";
      case "certificate_revoked" -> "peer says that our certificate is revoked";
      case "certificate_required", "handshake_failure" ->
          "peer wants a certificate or parameters that the rule does not give";
      case "no_application_protocol" -> "peer is not bound to " + alpn.id();
      case "protocol_version" -> "peer does not speak TLS 1.3";
      case "unrecognized_name" -> "peer does not serve the name of the rule";
      case "decrypt_error" -> "peer could not verify our signature";
      default -> "peer gave up";
    };
  }
}
