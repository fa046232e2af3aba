package dev.testudo.policy.decision;

/// What is worth knowing of an acceptance.
///
/// @param text one line: what is tolerated and where the policy says so, or what ends and when
public record Remark(Kind kind, String text) {
  /// The kinds of remarks.
  public enum Kind {
    /// A weakness that is there and that the policy tolerates.
    TOLERATED,
    /// A document that has ended and that the policy still accepts.
    GRACE,
    /// The next end of something that the acceptance rests on.
    ENDS
  }

  @Override
  public String toString() {
    return text;
  }
}
