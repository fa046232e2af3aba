package dev.testudo.policy.source;

import java.util.ArrayList;
import java.util.List;

/// One thing that is wrong, or doubtful, at one place. Texts are lower case without a full stop,
/// with input in backticks. Secret values never appear in them.
///
/// @param id the stable name, documented in `docs/diagnostics/<id>.md`
/// @param message what is wrong, in one line
/// @param span where
/// @param label what is said right under the place; may be empty
/// @param help what to do about it, one suggestion each
public record Diagnostic(
    DiagnosticId id,
    Severity severity,
    String message,
    Span span,
    String label,
    List<String> help) {
  public Diagnostic {
    // What somebody wrote is quoted in them.
    message = Printable.of(message);
    label = Printable.of(label);
    help = help.stream().map(Printable::lines).toList();
  }

  /// Something that makes the text unusable.
  public static Diagnostic error(DiagnosticId id, Span span, String message) {
    return new Diagnostic(id, Severity.ERROR, message, span, "", List.of());
  }

  /// Something doubtful.
  public static Diagnostic warning(DiagnosticId id, Span span, String message) {
    return new Diagnostic(id, Severity.WARNING, message, span, "", List.of());
  }

  /// The same with `text` under the place.
  public Diagnostic labelled(String text) {
    return new Diagnostic(id, severity, message, span, text, help);
  }

  /// The same with one more suggestion.
  public Diagnostic helped(String suggestion) {
    var more = new ArrayList<>(help);
    more.add(suggestion);
    return new Diagnostic(id, severity, message, span, label, more);
  }

  /// True if this is about a part of what `other` is about.
  public boolean isWithin(Diagnostic other) {
    return span.isWithin(other.span);
  }

  /// True if what was read cannot be used.
  public boolean isError() {
    return severity == Severity.ERROR;
  }
}
