package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.manifest.Variables.Global;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import dev.testudo.policy.substitution.MeshTemplate.Variable;
import dev.testudo.policy.yaml.Yaml;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Entry;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Expands the variables of one service. A value may contain variables itself, but not
/// refer back to itself.
final class Expander {
  /// The most levels of values within values.
  private static final int MAX_DEPTH = 16;

  private final Values values;
  private final Map<String, Global> globals = new HashMap<>();
  private final Problems problems;
  private final Set<String> open = new LinkedHashSet<>();
  private final List<Span> incomplete = new ArrayList<>();

  /// The names of values that were asked for, whether or not the mesh gives them.
  private final Set<String> used = new LinkedHashSet<>();

  private boolean recordsUse = true;

  Expander(Values values, ServiceManifest manifest, Problems problems) {
    this.values = values;
    this.problems = problems;
    manifest.environment().global().forEach(g -> globals.put(g.name().value(), g));
  }

  Text expand(MeshTemplate template) {
    return template.expand(this::value);
  }

  /// Returns a definition with the variables in its values expanded.
  YamlNode expand(YamlNode node) {
    return switch (node) {
      case Mapping(var span, var entries) ->
          new Mapping(
              span, entries.stream().map(e -> new Entry(e.key(), expand(e.value()))).toList());
      case Sequence(var span, var items) ->
          new Sequence(span, items.stream().map(this::expand).toList());
      case Scalar scalar when !MeshTemplate.mayVary(scalar.text()) -> scalar;
      case Scalar scalar ->
          scalar.withText(expand(MeshTemplate.parse(scalar.located(), problems)).value());
    };
  }

  /// Returns the value of a variable of the manifest's `environment.global`, if there is one.
  Optional<Text> global(Global global) {
    use(global.name().value());
    return values
        .given(global.name().value())
        .map(text -> nested(global.name().value(), MeshTemplate.parse(text, problems)))
        .or(() -> global.fallback().map(f -> nested(global.name().value(), f)));
  }

  /// Records that the value of the given name matters.
  void use(String name) {
    if (recordsUse) {
      used.add(name);
    }
  }

  /// Returns the names of values that matter for the service.
  Set<String> used() {
    return Set.copyOf(used);
  }

  private String value(Variable variable) {
    var name = variable.name();
    if (open.contains(name)) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.CIRCULAR_REFERENCE,
                  variable.span(),
                  "the value of `%s` depends on itself".formatted(name))
              .labelled(String.join(" → ", open) + " → " + name));
      return "";
    }
    return lookUp(name)
        .or(() -> variable.fallback().map(f -> nested(name, f).value()))
        .orElseGet(() -> missing(variable));
  }

  private Optional<String> lookUp(String name) {
    use(name);
    return values
        .given(name)
        .map(text -> nested(name, MeshTemplate.parse(text, problems)).value())
        .or(() -> Optional.ofNullable(values.generated().get(name)))
        .or(
            () ->
                Optional.ofNullable(globals.get(name))
                    .flatMap(Global::fallback)
                    .map(fallback -> nested(name, fallback).value()));
  }

  private Text nested(String name, MeshTemplate template) {
    if (open.size() >= MAX_DEPTH) {
      problems.add(limit(template, "more than %d values contain each other".formatted(MAX_DEPTH)));
      return template.text().withValue("");
    }
    open.add(name);
    var text = expand(template);
    open.remove(name);
    if (text.value().length() > Yaml.MAX_SIZE) {
      problems.add(limit(template, "the expanded value exceeds the size limit of a file"));
      return template.text().withValue("");
    }
    return text;
  }

  private static Diagnostic limit(MeshTemplate template, String message) {
    return Diagnostic.error(DiagnosticId.YAML_LIMIT, template.text().span(), message);
  }

  private String missing(Variable variable) {
    var name = variable.name();
    // A variable that the manifest declares is reported once, at the place where the
    // mesh should give it.
    incomplete.add(variable.span());
    if (!globals.containsKey(name)) {
      var known = new LinkedHashSet<>(values.given().keySet());
      known.addAll(globals.keySet());
      known.addAll(values.generated().keySet());
      var diagnostic =
          Diagnostic.error(
                  DiagnosticId.UNKNOWN_VARIABLE,
                  variable.span(),
                  "variable `%s` has no value in this mesh".formatted(name))
              .labelled("needed by service `%s`".formatted(values.generated().get("service_name")));
      problems.add(
          problems
              .suggesting(diagnostic, known, name)
              .helped("give it a value under `env` in the Meshfile"));
    }
    return "";
  }

  /// Returns true if a diagnostic may be due to a value that is missing, which is already reported.
  boolean mayBeDueToMissing(Diagnostic diagnostic) {
    var span = diagnostic.span();
    return incomplete.stream().anyMatch(part -> part.isWithin(span));
  }

  /// Returns all values, given and generated, with their variables expanded.
  Map<String, String> all() {
    recordsUse = false;
    Map<String, String> all = new LinkedHashMap<>(values.generated());
    values
        .given()
        .forEach(
            (name, text) ->
                all.put(name, nested(name, MeshTemplate.parse(text, problems)).value()));
    recordsUse = true;
    return all;
  }
}
