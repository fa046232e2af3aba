package dev.testudo.policy.session;

import dev.testudo.policy.substitution.SecretFormat;
import dev.testudo.policy.substitution.SecretName;

/// A placeholder in the structure of a session whose value is not part of the session's text, so
/// that the structure is known only when CAS decides on a request.
public record OpenPlace(SecretName secret, SecretFormat format, Area area) {

  /// The part of a session that has the placeholder.
  public enum Area {
    SECURITY,
    ACCESS_POLICY,
    SERVICES
  }
}
