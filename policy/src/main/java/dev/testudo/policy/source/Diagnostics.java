package dev.testudo.policy.source;

import java.util.Comparator;
import java.util.List;

/// Renders diagnostics for people: plain text without colour, sorted by place.
public final class Diagnostics {
  private static final Comparator<Diagnostic> BY_PLACE =
      Comparator.comparing((Diagnostic d) -> d.span().source().name())
          .thenComparingInt(d -> d.span().line())
          .thenComparingInt(d -> d.span().start())
          .thenComparingInt(d -> d.span().end())
          .thenComparing(Diagnostic::id)
          .thenComparing(Diagnostic::message);

  /// The most diagnostics shown at once.
  private static final int MAX_SHOWN = 100;

  /// The most characters of the whole output.
  static final int MAX_SIZE = 128 << 10;

  /// The most characters of one message, label or help text.
  private static final int MAX_TEXT = 2000;

  private Diagnostics() {}

  /// Returns all diagnostics as text. Each ends in a line break, with an empty line between
  /// two. Duplicates are shown once. At most 100 diagnostics and [#MAX_SIZE] characters are
  /// shown; a last line counts the rest, as far as [Problems] kept them. Long lines are cut
  /// around the marked place.
  public static String render(List<Diagnostic> diagnostics) {
    var sorted = diagnostics.stream().sorted(BY_PLACE).distinct().toList();
    var out = new StringBuilder();
    var shown = 0;
    for (var diagnostic : sorted) {
      var text = Printable.lines(render(diagnostic));
      if (shown == MAX_SHOWN || out.length() + text.length() > MAX_SIZE) {
        break;
      }
      out.append(shown == 0 ? "" : "\n").append(text);
      shown++;
    }
    var more = sorted.size() - shown;
    if (more > 0) {
      // `Problems` dropped what came after its limit, so the true number is unknown.
      var atLeast = diagnostics.size() >= Problems.MAX_FOUND ? "at least " : "";
      out.append("\nand %s%d more\n".formatted(atLeast, more));
    }
    return out.toString();
  }

  private static String render(Diagnostic diagnostic) {
    var span = diagnostic.span();
    var margin = " ".repeat(Integer.toString(span.line()).length());
    var out = new StringBuilder();
    out.append(diagnostic.isError() ? "error" : "warning");
    out.append("[%s]: %s\n".formatted(diagnostic.id(), cut(diagnostic.message())));
    out.append("%s--> %s\n".formatted(margin, cut(span.place())));
    if (span.source().confidential()) {
      appendWithoutText(out, margin, diagnostic);
    } else {
      appendLine(out, margin, diagnostic);
    }
    for (var help : diagnostic.help()) {
      out.append(
          "%s = help: %s\n".formatted(margin, cut(help).replace("\n", "\n         " + margin)));
    }
    return out.toString();
  }

  private static void appendLine(StringBuilder out, String margin, Diagnostic diagnostic) {
    var excerpt = Excerpt.of(diagnostic.span());
    out.append("%s |\n".formatted(margin));
    out.append(
        "%d | %s\n".formatted(diagnostic.span().line(), excerpt.text()).replace(" \n", "\n"));
    var marks = " ".repeat(excerpt.before()) + "^".repeat(excerpt.marked());
    var label = diagnostic.label().isEmpty() ? "" : " " + cut(diagnostic.label());
    out.append("%s | %s%s\n".formatted(margin, marks, label));
  }

  private static void appendWithoutText(StringBuilder out, String margin, Diagnostic diagnostic) {
    if (!diagnostic.label().isEmpty()) {
      out.append("%s = %s\n".formatted(margin, cut(diagnostic.label())));
    }
    out.append("%s = the value may hold a key and is not shown\n".formatted(margin));
  }

  /// Limits a text, because it may quote input of any length.
  private static String cut(String text) {
    if (text.length() <= MAX_TEXT) {
      return text;
    }
    var end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
    return text.substring(0, end) + "…";
  }
}
