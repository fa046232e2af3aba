package dev.testudo.policy.substitution;

import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Text with `$$SCONE::…$$` placeholders, the third layer of substitution. CAS replaces them for
/// an attested service.
public record RuntimeTemplate(List<Part> parts) {
  public RuntimeTemplate {
    parts = List.copyOf(parts);
  }

  /// A part of a template: literal text or a placeholder.
  public sealed interface Part permits Literal, Placeholder, SoftwareIdentity {}

  /// Text that is kept as it is.
  public record Literal(String text) implements Part {}

  /// Parses a text. The name in a placeholder may contain dots and end like a format of old
  /// (`flask.key`). So the whole name is tried first; only if no secret has it does `.crt`, `.key`,
  /// `.chain` or `.hex` count as a format. An invalid placeholder is reported to `problems` and
  /// stays literal text.
  ///
  /// @param defined the names of all secrets that the text may use
  public static RuntimeTemplate parse(Text text, Collection<String> defined, Problems problems) {
    return new RuntimeTemplateReader(text, defined, problems).read();
  }

  /// Returns a template without placeholders.
  public static RuntimeTemplate literal(String text) {
    return new RuntimeTemplate(text.isEmpty() ? List.of() : List.of(new Literal(text)));
  }

  /// Returns the placeholders in order.
  public List<Placeholder> placeholders() {
    return parts.stream()
        .filter(Placeholder.class::isInstance)
        .map(Placeholder.class::cast)
        .toList();
  }

  /// Returns true if the text is one placeholder and nothing else.
  public boolean isOnePlaceholder() {
    return parts.size() == 1 && !(parts.getFirst() instanceof Literal);
  }

  /// Returns the text with the value of each secret. The placeholder of the software identity
  /// stays. Inserted values are not scanned for placeholders.
  public String expand(Function<Placeholder, String> values) {
    return parts.stream()
        .map(
            part ->
                switch (part) {
                  case Literal(var text) -> text;
                  case Placeholder placeholder -> values.apply(placeholder);
                  case SoftwareIdentity _ -> SoftwareIdentity.WRITTEN;
                })
        .collect(Collectors.joining());
  }
}
