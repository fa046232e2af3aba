package dev.testudo.policy.decision;

/// The state of the one-time password that a service presents.
public enum OneTimePassword {
  NONE("none"),
  /// It is the password of this moment and was not used before.
  GOOD("a good one"),
  /// It is not a password of this moment.
  WRONG("a wrong one, or one of another time"),
  /// It, or a later one, was used before.
  USED("one that was used before, or an older one"),
  /// There were too many wrong ones, so CAS does not look at any for a while.
  LOCKED("one too soon after several wrong ones");

  private final String text;

  OneTimePassword(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
