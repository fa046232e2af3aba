package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.substitution.MeshTemplate;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.List;
import java.util.stream.Stream;

/// What is wrong with a part of a manifest whatever values the mesh gives its variables.
final class CertainProblems {
  private CertainProblems() {}

  /// Adds the problems that were found in `nodes`, without those in values that the mesh may still
  /// change.
  static void add(Problems found, List<? extends YamlNode> nodes, Problems problems) {
    var varying = nodes.stream().flatMap(CertainProblems::varying).toList();
    found.found().stream()
        .filter(diagnostic -> varying.stream().noneMatch(diagnostic.span()::isWithin))
        .forEach(problems::add);
  }

  /// Returns the places of values that the mesh may still change.
  private static Stream<Span> varying(YamlNode node) {
    return switch (node) {
      case Mapping(_, var entries) -> entries.stream().flatMap(e -> varying(e.value()));
      case Sequence(_, var items) -> items.stream().flatMap(CertainProblems::varying);
      case Scalar(var span, var text, _) ->
          MeshTemplate.mayVary(text) ? Stream.of(span) : Stream.empty();
    };
  }
}
