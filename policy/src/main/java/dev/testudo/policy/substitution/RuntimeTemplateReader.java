package dev.testudo.policy.substitution;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Spelling;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.source.TextParts;
import dev.testudo.policy.substitution.RuntimeTemplate.Literal;
import dev.testudo.policy.substitution.RuntimeTemplate.Part;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Parses one text from left to right. A placeholder ends at the first `$$`, so two may follow each
/// other without a space.
final class RuntimeTemplateReader {
  private static final String OPEN = "$$SCONE::";
  private static final String ALMOST_OPEN = "$$SCONE:";
  private static final String CLOSE = "$$";
  private static final String SELF = "self::";
  private static final String ESCAPE = "|escape(json)";

  private final Text text;
  private final Collection<String> defined;
  private final Problems problems;
  private final TextParts places;
  private final List<Part> parts = new ArrayList<>();

  RuntimeTemplateReader(Text text, Collection<String> defined, Problems problems) {
    this.text = text;
    this.defined = defined;
    this.problems = problems;
    this.places = text.parts();
  }

  RuntimeTemplate read() {
    var value = text.value();
    var done = 0;
    for (var open = value.indexOf(ALMOST_OPEN); open >= 0; ) {
      var next = open + ALMOST_OPEN.length();
      var close = value.startsWith(OPEN, open) ? close(open + OPEN.length()) : -1;
      if (close >= 0) {
        var placeholder = placeholder(open, close);
        if (placeholder.isPresent()) {
          literal(value.substring(done, open));
          parts.add(placeholder.get());
          done = close + CLOSE.length();
        }
        next = close + CLOSE.length();
      } else {
        reportMalformed(open);
      }
      open = value.indexOf(ALMOST_OPEN, next);
    }
    literal(value.substring(done));
    return new RuntimeTemplate(parts);
  }

  private void literal(String piece) {
    if (!piece.isEmpty()) {
      parts.add(new Literal(piece));
    }
  }

  /// Returns the offset of the closing `$$` of a placeholder, or -1 if the text ends or a space or
  /// control character comes first.
  private int close(int from) {
    var close = text.value().indexOf(CLOSE, from);
    if (close < 0 || text.value().substring(from, close).chars().anyMatch(c -> c <= ' ')) {
      return -1;
    }
    return close;
  }

  private void reportMalformed(int open) {
    var singleColon = !text.value().startsWith(OPEN, open);
    var span = places.part(open, open + (singleColon ? ALMOST_OPEN : OPEN).length());
    problems.add(
        Diagnostic.error(
                DiagnosticId.MALFORMED_PLACEHOLDER,
                span,
                singleColon
                    ? "a placeholder has two colons"
                    : "the placeholder has no closing `$$`")
            .labelled(singleColon ? "one colon here" : "opened here")
            .helped("write `$$SCONE::name$$` or `$$SCONE::name:format$$`"));
  }

  private Optional<Part> placeholder(int open, int close) {
    var from = open + OPEN.length();
    var inner = text.value().substring(from, close);
    var span = places.part(open, close + CLOSE.length());
    var bar = inner.indexOf('|');
    var escape = bar >= 0;
    if (escape && !inner.substring(bar).equals(ESCAPE)) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.MALFORMED_PLACEHOLDER,
                  places.part(from + bar, close),
                  "`%s` is not known in a placeholder".formatted(inner.substring(bar)))
              .helped("the only filter is `|escape(json)`"));
      return Optional.empty();
    }
    var reference = escape ? inner.substring(0, bar) : inner;
    if (reference.startsWith(SELF)) {
      return self(reference, span);
    }
    var named = named(reference, from);
    return named.map(n -> new Placeholder(n.secret(), n.format(), escape, span));
  }

  private Optional<Part> self(String reference, Span span) {
    if (reference.equals(SoftwareIdentity.NAME)) {
      return Optional.of(new SoftwareIdentity(span));
    }
    problems.add(
        Diagnostic.error(
                DiagnosticId.MALFORMED_PLACEHOLDER, span, "`%s` is not known".formatted(reference))
            .helped(
                "the only placeholder of this kind is `$$SCONE::%s$$`"
                    .formatted(SoftwareIdentity.NAME)));
    return Optional.empty();
  }

  private record Named(SecretName secret, SecretFormat format) {}

  private Optional<Named> named(String reference, int from) {
    var colon = reference.indexOf(':');
    var name = colon < 0 ? reference : reference.substring(0, colon);
    if (colon < 0 && !defined.contains(name)) {
      return legacy(name).or(() -> unknown(name, from));
    }
    if (!defined.contains(name)) {
      return unknown(name, from);
    }
    var spelling = reference.substring(name.length());
    var format = colon < 0 ? Optional.of(SecretFormat.DEFAULT) : SecretFormat.parse(spelling);
    if (format.isEmpty()) {
      var span = places.part(from + colon, from + reference.length());
      reportUnknownFormat(spelling, span);
    }
    return format.flatMap(f -> SecretName.parse(name).map(n -> new Named(n, f)));
  }

  private Optional<Named> legacy(String reference) {
    var dot = reference.lastIndexOf('.');
    if (dot < 0 || !defined.contains(reference.substring(0, dot))) {
      return Optional.empty();
    }
    return SecretFormat.parse(reference.substring(dot))
        .flatMap(f -> SecretName.parse(reference.substring(0, dot)).map(n -> new Named(n, f)));
  }

  private Optional<Named> unknown(String name, int from) {
    var end = from + name.length();
    var span = name.isEmpty() ? text.span() : places.part(from, end);
    var diagnostic =
        Diagnostic.error(
                DiagnosticId.UNKNOWN_SECRET, span, "secret `%s` is not defined".formatted(name))
            .labelled("not defined in this file");
    var suffix = name.lastIndexOf('.');
    var withoutFormat = suffix > 0 ? name.substring(0, suffix) : name;
    problems.addSuggesting(diagnostic, defined, name, withoutFormat);
    return Optional.empty();
  }

  private void reportUnknownFormat(String spelling, Span span) {
    var all = SecretFormat.spellings(':');
    var diagnostic =
        Diagnostic.error(
                DiagnosticId.UNSUITABLE_FORMAT,
                span,
                "format `%s` is not known".formatted(spelling))
            .labelled("not a format of a secret");
    problems.add(
        Spelling.nearest(spelling, all)
            .map(near -> diagnostic.helped("did you mean `" + near + "`?"))
            .orElseGet(() -> diagnostic.helped("formats: " + String.join(" ", all))));
  }
}
