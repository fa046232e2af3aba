package dev.testudo.policy.deployment;

import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.substitution.SecretName;

/// The names of what is generated for the declared callers of a port or path: rules of the network
/// shield, and secrets of the service that listens. People rarely write `~` in names.
///
/// @param service the service that listens
record EdgeNames(String service, Listen at) {
  private static final String PREFIX = "connects~";

  /// Returns true if a secret was generated for declared callers.
  static boolean isGenerated(SecretName secret) {
    return secret.value().startsWith(PREFIX);
  }

  /// Returns the rule of the service that listens.
  String serverRule() {
    return serverRule(at);
  }

  /// Returns the rule of a service that listens at `at`.
  static String serverRule(Listen at) {
    return "SERVER_" + end(at);
  }

  /// Returns the rule of each caller.
  String clientRule() {
    return clientRule(service, end(at));
  }

  static String clientRule(String host, String end) {
    return "CLIENT_" + host + "_" + end;
  }

  SecretName authority() {
    return secret("ca");
  }

  SecretName server() {
    return secret("server");
  }

  SecretName client(String caller) {
    return secret("client~" + caller);
  }

  /// Returns the private key of a certificate.
  static SecretName keyOf(SecretName certificate) {
    return new SecretName(certificate.value() + "~key");
  }

  /// Returns true if the names for a caller are not longer than names of secrets can be.
  boolean areShortEnough(String caller) {
    return SecretName.parse(text("client~" + caller) + "~key").isPresent();
  }

  private SecretName secret(String what) {
    return new SecretName(text(what));
  }

  private String text(String what) {
    return PREFIX + "%s~%s~%s".formatted(service, end(at), what);
  }

  /// Returns a port or path as a part of a name. Two paths may give the same one, which is reported
  /// because their rules then have one name.
  private static String end(Listen at) {
    return switch (at) {
      case Listen.Tcp(var port) -> Integer.toString(port);
      case Listen.UnixPath(var path) -> "unix" + path.replaceAll("[^A-Za-z0-9]+", "-");
    };
  }
}
