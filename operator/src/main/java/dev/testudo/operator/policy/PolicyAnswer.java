package dev.testudo.operator.policy;

import java.util.Optional;

/// What became of an attempt to register a policy.
sealed interface PolicyAnswer {
  /// One word for the reason of the condition.
  String reason();

  /// For people.
  String message();

  /// CAS has the policy as the active revision.
  ///
  /// @param hash the hash of the revision; empty if CAS did not say it this time
  record Registered(String reason, String message, Optional<String> hash) implements PolicyAnswer {}

  /// CAS had the policy, and has a later revision now.
  record Superseded(String reason, String message) implements PolicyAnswer {}

  /// It was not registered, but may be later: CAS cannot be reached, or something that the policy
  /// depends on is missing.
  record Waiting(String reason, String message) implements PolicyAnswer {}

  /// It was not registered, and trying again changes nothing.
  record Refused(String reason, String message) implements PolicyAnswer {}
}
