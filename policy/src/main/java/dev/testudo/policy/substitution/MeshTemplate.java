package dev.testudo.policy.substitution;

import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Text with `{{name}}` variables, which are replaced when a mesh is put together. The first layer
/// of substitution.
///
/// @param text the whole, as written
public record MeshTemplate(Text text, List<Part> parts) {
  public MeshTemplate {
    parts = List.copyOf(parts);
  }

  /// Literal text, or the place of a variable.
  public sealed interface Part {}

  /// Text that stays as it is.
  public record Literal(String text) implements Part {}

  /// A variable.
  ///
  /// @param fallback its value where the mesh gives none: `{{name | default(value="…")}}`
  /// @param span where it is written
  public record Variable(String name, Optional<MeshTemplate> fallback, Span span) implements Part {}

  /// Reads a text. `{% raw %}…{% endraw %}` keeps what is inside as it is. What is wrong goes to
  /// `problems`.
  public static MeshTemplate parse(Text text, Problems problems) {
    return new MeshTemplateReader(text, problems).read();
  }

  /// True if the text may be changed by a mesh.
  public static boolean mayVary(String text) {
    return text.contains("{{") || text.contains("{%");
  }

  /// The variables in order, those of fallbacks not included.
  public List<Variable> variables() {
    return parts.stream().filter(Variable.class::isInstance).map(Variable.class::cast).toList();
  }

  /// The text with each variable replaced, in the place of the template.
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
