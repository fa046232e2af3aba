package dev.testudo.policy.shield;

/// The name of a rule as its variables carry it: `SERVER_1`, `CLIENT_redis-6379-TCP`.
///
/// @param value what stands between `SCONE_NETWORK_SHIELD_` and the suffix
public record RuleName(String value) {

  /// The variable that states the rule's mode.
  public String variable() {
    return ShieldVariables.PREFIX + "_" + value;
  }

  @Override
  public String toString() {
    return value;
  }
}
