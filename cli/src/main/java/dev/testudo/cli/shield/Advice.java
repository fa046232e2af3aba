package dev.testudo.cli.shield;

import dev.testudo.trust.status.ShieldStatus;
import java.util.List;
import java.util.Map;

/// Suggests what to do about a refusal.
final class Advice {
  private static final String PREFIX = "SCONE_NETWORK_SHIELD_";

  /// The socket at which glibc looks for a running nscd(8) before every name lookup.
  private static final String NAME_CACHE = "unix:/var/run/nscd/socket";

  /// Parts of reasons, each with the advice for it. The first match counts.
  private static final List<Map.Entry<String, String>> BY_REASON =
      List.of(
          Map.entry(
              "testudo/1/",
              "the peer is a shield for another port or path: both ends must name the same one"),
          Map.entry(
              "no_application_protocol",
              "the peer offers protocols the rule does not list: add them to its _ALPN"),
          Map.entry(
              "protocol_version",
              "the peer speaks an older TLS: if it cannot be upgraded, set _TLS_MIN=1.2 on the rule"),
          Map.entry(
              "TLS 1.3",
              "the peer speaks an older TLS: if it cannot be upgraded, set _TLS_MIN=1.2 on the rule"),
          Map.entry(
              "does not speak TLS",
              "start the peer under a shield with a protected rule for this port, or make this rule"
                  + " unprotected"),
          Map.entry(
              "no certificate",
              "give the peer an identity, or set the rule's _CLIENT_AUTH to `disabled`"),
          Map.entry(
              "certificate_required",
              "the peer requires a client certificate: give the rule an _IDENTITY that it trusts"),
          Map.entry(
              "expects",
              "the certificate belongs to another peer: compare its names with the host of the rule's"
                  + " destination"),
          Map.entry(
              "admits only", "if that client is meant, add its name to the rule's _CLIENT_NAMES"),
          Map.entry(
              "not for this use",
              "issue the certificate with the extended key usage of a server or a client"),
          Map.entry(
              "expired", "renew the certificate; the shield reloads the env file when it changes"),
          Map.entry(
              "unknown_ca",
              "put the authority of our certificate into the other end's _CLIENT_AUTH or"
                  + " _SERVER_AUTH"),
          Map.entry(
              "authority",
              "put the authority of the peer's certificate into the rule's _CLIENT_AUTH or"
                  + " _SERVER_AUTH, if that peer is meant"),
          Map.entry(
              "name",
              "the certificate belongs to another peer: compare its names with the rule's destination or"
                  + " _CLIENT_NAMES"),
          Map.entry(
              "does not accept our certificate",
              "look at the other end's log: its rule says whom it accepts"),
          Map.entry(
              "altered",
              "something between the two ends changed bytes; the connection was closed"));

  private Advice() {}

  /// Returns one sentence of advice on a refusal.
  static String on(ShieldStatus.Refusal refusal) {
    if (refusal.reason().startsWith("no rule")) {
      return noRule(refusal);
    }
    if (refusal.reason().startsWith("rule ")) {
      return "the rule refuses it; to allow it, change `%s%s`".formatted(PREFIX, refusal.rule());
    }
    return BY_REASON.stream()
        .filter(entry -> refusal.reason().contains(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("the other end of the connection may say more in its log");
  }

  private static String noRule(ShieldStatus.Refusal refusal) {
    if (refusal.target().equals(NAME_CACHE)) {
      return "nothing to do: the C library looks for its name cache there and works without it";
    }
    var isUnix = refusal.target().startsWith("unix:");
    var colon = refusal.target().lastIndexOf(':');
    var listens = refusal.operation().equals("bind") || refusal.operation().equals("listen");
    var variable = PREFIX + (listens ? "SERVER_<name>" : "CLIENT_<name>");
    var mode = variable + "=protected or unprotected";
    if (isUnix) {
      return "no rule matches it; to allow it set %s and %s=%s"
          .formatted(mode, variable + (listens ? "_PORT" : "_DESTINATION"), refusal.target());
    }
    var port = refusal.target().substring(colon + 1);
    return listens
        ? "no rule matches it; to allow it set %s and %s_PORT=TCP:%s"
            .formatted(mode, variable, port)
        : "no rule matches it; to allow it set %s, %s_DESTINATION=TCP:<host name>:%s (and _DESTINATION_IP=%s for this address only)"
            .formatted(mode, variable, port, refusal.target().substring(0, Math.max(0, colon)));
  }
}
