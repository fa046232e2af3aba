package dev.testudo.policy.source;

import java.util.ArrayList;
import java.util.List;

/// An error or a warning about one place in a source. Texts are lower case without a full stop,
/// with input in backticks. They never contain the value of a secret.
///
/// @param id the stable name, documented in `docs/diagnostics/<id>.md`
/// @param message what is wrong, in one line
/// @param span the place
/// @param label the text shown right under the place; may be empty
/// @param help what to do about it, one suggestion per item
public record Diagnostic(
    DiagnosticId id,
    Severity severity,
    String message,
    Span span,
    String label,
    List<String> help) {
  public Diagnostic {
    // The texts quote input, which may contain anything.
    message = Printable.of(message);
    label = Printable.of(label);
    help = help.stream().map(Printable::lines).toList();
  }

  /// Returns an error: the text cannot be used.
  public static Diagnostic error(DiagnosticId id, Span span, String message) {
    return new Diagnostic(id, Severity.ERROR, message, span, "", List.of());
  }

  /// Returns a warning: the text can be used, but something in it is doubtful.
  public static Diagnostic warning(DiagnosticId id, Span span, String message) {
    return new Diagnostic(id, Severity.WARNING, message, span, "", List.of());
  }

  /// Returns this diagnostic with `text` as its label.
  public Diagnostic labelled(String text) {
    return new Diagnostic(id, severity, message, span, text, help);
  }

  /// Returns this diagnostic with one more suggestion.
  public Diagnostic helped(String suggestion) {
    var more = new ArrayList<>(help);
    more.add(suggestion);
    return new Diagnostic(id, severity, message, span, label, more);
  }

  /// Returns true if the place of this diagnostic lies within the place of `other`.
  public boolean isWithin(Diagnostic other) {
    return span.isWithin(other.span);
  }

  /// Returns true if this is an error, so that what was read cannot be used.
  public boolean isError() {
    return severity == Severity.ERROR;
  }
}
