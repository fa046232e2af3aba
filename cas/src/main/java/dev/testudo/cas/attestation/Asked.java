package dev.testudo.cas.attestation;

import dev.testudo.trust.secret.Secret;
import java.util.Optional;

/// The service that a request asks for, and the one-time password appended to it:
/// `SESSION/SERVICE@123456`.
///
/// @param service the id of the service, without the password, which no log shows
record Asked(String service, Optional<Secret> password) {
  static Asked of(String text) {
    var at = text.indexOf('@');
    return at < 0
        ? new Asked(text, Optional.empty())
        : new Asked(text.substring(0, at), Optional.of(Secret.ofText(text.substring(at + 1))));
  }
}
