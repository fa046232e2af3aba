package dev.testudo.trust.audit;

import java.util.Locale;

/// Something that is wrong with an audit log.
///
/// @param text in words
public record AuditFault(Kind kind, String text) {
  /// What is wrong.
  public enum Kind {
    /// The log has no line.
    EMPTY,
    /// This is no line of an audit log.
    NO_LINE,
    /// The line has no end.
    UNFINISHED,
    /// Its number is not the next one: lines were removed, added or put in another order.
    WRONG_NUMBER,
    /// It does not name the line before it, so one of the two was changed.
    WRONG_PREVIOUS,
    /// Earlier lines were removed, and not by CAS.
    NO_BEGINNING,
    /// CAS did not sign it.
    WRONG_SIGNATURE,
    /// This is the log of another CAS.
    OTHER_KEY,
    /// A line that was in the log is not in it any more.
    MISSING_LINE,
    /// A line that was in the log has been replaced: an older state was restored and continued.
    REPLACED_LINE;

    /// Returns the name in kebab case, such as `wrong-number`.
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
