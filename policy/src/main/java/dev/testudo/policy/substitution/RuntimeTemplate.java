package dev.testudo.policy.substitution;

import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Text with `$$SCONE::…$$` placeholders, which CAS replaces for an attested service. The third
/// layer of substitution.
public record RuntimeTemplate(List<Part> parts) {
  public RuntimeTemplate {
    parts = List.copyOf(parts);
  }

  /// Literal text, or the place of a secret.
  public sealed interface Part permits Literal, Placeholder {}

  /// Text that stays as it is.
  public record Literal(String text) implements Part {}

  /// Reads a text. A name may contain dots and end like an old format (`flask.key`), so the longest
  /// name that is defined wins; only then does `.crt`, `.key`, `.chain` or `.hex` count as a
  /// format. What is wrong with a placeholder goes to `problems`, and it stays literal text.
  ///
  /// @param defined the names of all secrets that the text may use
  public static RuntimeTemplate parse(Text text, Collection<String> defined, Problems problems) {
    return new RuntimeTemplateReader(text, defined, problems).read();
  }

  /// A text without placeholders.
  public static RuntimeTemplate literal(String text) {
    return new RuntimeTemplate(text.isEmpty() ? List.of() : List.of(new Literal(text)));
  }

  /// The placeholders in order.
  public List<Placeholder> placeholders() {
    return parts.stream()
        .filter(Placeholder.class::isInstance)
        .map(Placeholder.class::cast)
        .toList();
  }

  /// The text with each placeholder replaced. What is put in is not looked at again.
  public String expand(Function<Placeholder, String> values) {
    return parts.stream()
        .map(
            part ->
                switch (part) {
                  case Literal(var text) -> text;
                  case Placeholder placeholder -> values.apply(placeholder);
                })
        .collect(Collectors.joining());
  }
}
