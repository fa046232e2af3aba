package dev.testudo.policy.substitution;

import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Text with `{{name}}` variables, the first layer of substitution. Building a mesh replaces them.
///
/// @param text the whole text as written
public record MeshTemplate(Text text, List<Part> parts) {
  public MeshTemplate {
    parts = List.copyOf(parts);
  }

  /// A part of a template: literal text or a variable.
  public sealed interface Part {}

  /// Text that is kept as it is.
  public record Literal(String text) implements Part {}

  /// A variable.
  ///
  /// @param fallback the value if the mesh gives none: `{{name | default(value="…")}}`
  /// @param span where it is written
  public record Variable(String name, Optional<MeshTemplate> fallback, Span span) implements Part {}

  /// Parses a text and reports errors to `problems`. Text inside `{% raw %}…{%
  /// endraw %}` is literal.
  public static MeshTemplate parse(Text text, Problems problems) {
    return new MeshTemplateReader(text, problems).read();
  }

  /// Returns true if a mesh may change the text.
  public static boolean mayVary(String text) {
    return text.contains("{{") || text.contains("{%");
  }

  /// Returns the variables in order, without those inside fallbacks.
  public List<Variable> variables() {
    return parts.stream().filter(Variable.class::isInstance).map(Variable.class::cast).toList();
  }

  /// Returns the text with each variable replaced. The result keeps the template's place.
  public Text expand(Function<Variable, String> values) {
    return text.withValue(
        parts.stream()
            .map(
                part ->
                    switch (part) {
                      case Literal(var literal) -> literal;
                      case Variable variable -> values.apply(variable);
                    })
            .collect(Collectors.joining()));
  }
}
