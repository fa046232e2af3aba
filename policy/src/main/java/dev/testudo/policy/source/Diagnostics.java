package dev.testudo.policy.source;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Shows diagnostics to people: plain text, without colour, sorted by place.
public final class Diagnostics {
  private static final Comparator<Diagnostic> BY_PLACE =
      Comparator.comparing((Diagnostic d) -> d.span().source().name())
          .thenComparingInt(d -> d.span().start())
          .thenComparingInt(d -> d.span().end())
          .thenComparing(Diagnostic::id)
          .thenComparing(Diagnostic::message);

  /// Nobody reads more at once.
  private static final int MAX_SHOWN = 100;

  private Diagnostics() {}

  /// The text for all of them, each ending in a line break, with an empty line between two. The
  /// same finding twice is shown once. Of very many, the first hundred are shown.
  public static String render(List<Diagnostic> diagnostics) {
    var sorted = diagnostics.stream().sorted(BY_PLACE).distinct().toList();
    var more = sorted.size() - MAX_SHOWN;
    return sorted.stream()
            .limit(MAX_SHOWN)
            .map(Diagnostics::render)
            .collect(Collectors.joining("\n"))
        + (more > 0 ? "\nand %d more\n".formatted(more) : "");
  }

  private static String render(Diagnostic diagnostic) {
    var span = diagnostic.span();
    var margin = " ".repeat(Integer.toString(span.line()).length());
    var out = new StringBuilder();
    out.append(diagnostic.isError() ? "error" : "warning");
    out.append("[%s]: %s\n".formatted(diagnostic.id(), diagnostic.message()));
    out.append("%s--> %s\n".formatted(margin, span.place()));
    if (span.source().confidential()) {
      appendWithoutText(out, margin, diagnostic);
    } else {
      appendLine(out, margin, diagnostic);
    }
    for (var help : diagnostic.help()) {
      out.append("%s = help: %s\n".formatted(margin, help.replace("\n", "\n         " + margin)));
    }
    return out.toString();
  }

  private static void appendLine(StringBuilder out, String margin, Diagnostic diagnostic) {
    var span = diagnostic.span();
    var line = span.lineText();
    var before = line.codePointCount(0, Math.min(span.start() - span.lineStart(), line.length()));
    out.append("%s |\n".formatted(margin));
    out.append("%d | %s\n".formatted(span.line(), line.replace('\t', ' ')).replace(" \n", "\n"));
    var marks = " ".repeat(before) + "^".repeat(width(span, line));
    var label = diagnostic.label().isEmpty() ? "" : " " + diagnostic.label();
    out.append("%s | %s%s\n".formatted(margin, marks, label));
  }

  private static void appendWithoutText(StringBuilder out, String margin, Diagnostic diagnostic) {
    if (!diagnostic.label().isEmpty()) {
      out.append("%s = %s\n".formatted(margin, diagnostic.label()));
    }
    out.append("%s = the value may hold a key and is not shown\n".formatted(margin));
  }

  /// Only the first line of a long part is marked.
  private static int width(Span span, String line) {
    var from = Math.min(span.start() - span.lineStart(), line.length());
    var to = Math.clamp(span.end() - (long) span.lineStart(), from, line.length());
    return Math.max(1, line.codePointCount(from, to));
  }
}
