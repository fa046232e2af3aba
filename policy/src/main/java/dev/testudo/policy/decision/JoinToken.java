package dev.testudo.policy.decision;

/// The state of the token that a service presents, taken as a join token of that service.
public enum JoinToken {
  NONE("none"),
  /// It can be used now.
  GOOD("a good one"),
  /// CAS never made it for this service, has revoked it, or has forgotten it.
  UNKNOWN("one that is not of this service, or is revoked"),
  EXPIRED("an expired one"),
  USED_UP("one that is used up");

  private final String text;

  JoinToken(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
