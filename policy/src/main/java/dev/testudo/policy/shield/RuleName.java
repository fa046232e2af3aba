package dev.testudo.policy.shield;

/// The name of a rule, taken from the names of its variables: `SERVER_1`, `CLIENT_redis-6379-TCP`.
///
/// @param value the part between `SCONE_NETWORK_SHIELD_` and the suffix
public record RuleName(String value) {

  /// Returns the name of the variable that sets the rule's mode.
  public String variable() {
    return ShieldVariables.PREFIX + "_" + value;
  }

  @Override
  public String toString() {
    return value;
  }
}
