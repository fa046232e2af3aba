package dev.testudo.shield.tls;

import java.util.regex.Pattern;

/// Describes exceptions of JSSE.
final class JsseAlerts {
  /// JSSE puts the alert's name before its message: `(protocol_version) The client …`.
  private static final Pattern NAMED = Pattern.compile("\\((\\w+)\\) (.*)", Pattern.DOTALL);

  private static final Pattern RECEIVED =
      Pattern.compile(".*Received fatal alert: (\\w+)", Pattern.DOTALL);

  private JsseAlerts() {}

  /// Describes `problem`, which JSSE threw. `bond` is what this end requires.
  static TlsFailure explain(Throwable problem, Bond bond) {
    var text = String.valueOf(problem.getMessage());
    var received = RECEIVED.matcher(text);
    if (received.matches()) {
      var alert = received.group(1);
      return new TlsFailure(Alerts.withAlert(Alerts.sentByPeer(alert, bond), alert), problem);
    }
    var ours = NAMED.matcher(text);
    if (!ours.matches()) {
      return new TlsFailure("TLS failed: " + text, problem);
    }
    var alert = ours.group(1);
    for (var cause = problem.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof PeerRefused refused) {
        return new TlsFailure(
            Alerts.withAlert(String.valueOf(refused.getMessage()), alert), problem);
      }
    }
    return new TlsFailure(
        Alerts.withAlert(Alerts.sentByUs(alert, ours.group(2), bond), alert), problem);
  }
}
