package dev.testudo.policy.deployment;

import dev.testudo.policy.deployment.PlannedSecrets.PlannedImport;
import dev.testudo.policy.manifest.ManifestSecrets.Fragment;
import dev.testudo.policy.shield.ShieldVariables;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import dev.testudo.policy.source.Text;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// What follows for a service from the declared network of its mesh: rules of its shield, and
/// secrets.
final class NetworkAddition {
  private static final String MODE = ShieldVariables.PREFIX;

  private final Map<String, Text> variables = new LinkedHashMap<>();
  private final Map<String, Span> rules = new LinkedHashMap<>();
  private final List<Fragment> secrets = new ArrayList<>();
  private final List<PlannedImport> imports = new ArrayList<>();
  private final Set<String> hosts = new LinkedHashSet<>();

  /// Refuses what no rule allows, unless the manifest says otherwise.
  void firewall(Span span) {
    variables.put(MODE, new Text("protected", span));
  }

  /// Adds a rule. Reports a second rule of the same name.
  ///
  /// @param suffixes the values of the rule's variables by their suffixes; the empty suffix is the
  ///     mode
  void rule(String name, Span span, Map<String, Text> suffixes, Problems problems) {
    var earlier = rules.putIfAbsent(name, span);
    if (earlier != null) {
      problems.add(
          Diagnostic.error(
                  DiagnosticId.DUPLICATE_NAME, span, "rule %s is declared twice".formatted(name))
              .labelled("the second entry")
              .helped(
                  "the first one is at %s; a port is for all, or for the services that connect to it"
                      .formatted(earlier.place())));
      return;
    }
    suffixes.forEach(
        (suffix, value) ->
            variables.put(MODE + "_" + name + (suffix.isEmpty() ? "" : "_" + suffix), value));
  }

  /// Adds host names by which others connect to the service.
  void names(Set<String> more) {
    hosts.addAll(more);
  }

  Set<String> hosts() {
    return Set.copyOf(hosts);
  }

  void define(List<Fragment> fragments) {
    secrets.addAll(fragments);
  }

  void take(PlannedImport imported) {
    imports.add(imported);
  }

  List<Fragment> secrets() {
    return List.copyOf(secrets);
  }

  List<PlannedImport> imports() {
    return List.copyOf(imports);
  }

  /// Returns the names of the secrets that the service defines or imports for its network.
  List<String> secretNames() {
    return Stream.concat(
            secrets.stream().map(f -> f.name().value()),
            imports.stream().map(i -> i.local().value()))
        .distinct()
        .toList();
  }

  /// Reports secrets of a manifest that have the name of a generated one.
  void reportNamesTaken(Stream<Text> ofManifest, Problems problems) {
    var generated = secretNames();
    ofManifest
        .filter(name -> generated.contains(name.value()))
        .forEach(
            name ->
                problems.add(
                    Diagnostic.error(
                            DiagnosticId.DUPLICATE_NAME,
                            name.span(),
                            "secret `%s` has the name of a generated one".formatted(name.value()))
                        .labelled("`connects` of the Meshfile generates it")
                        .helped("choose another name")));
  }

  /// Adds the variables to those of the manifest. Reports rules of the manifest for a port or
  /// destination that the Meshfile declares, and then adds nothing.
  void addTo(Map<String, Text> environment, Problems problems) {
    var conflicts = new ArrayList<Diagnostic>();
    environment.forEach((name, value) -> conflicts.addAll(conflicts(name, value)));
    if (conflicts.isEmpty()) {
      variables.forEach(environment::putIfAbsent);
    }
    conflicts.forEach(problems::add);
  }

  /// Removes the rules of a curated service that the Meshfile replaces: those for ports if it
  /// declares any, and those for destinations that it declares. Reports a declared port at which
  /// the service does not listen.
  void replaceRules(Map<String, Text> environment, Problems problems) {
    var ports = ends(environment, "_SERVER_", "_PORT");
    var declared = ends(variables, "_SERVER_", "_PORT");
    declared.values().stream()
        .filter(port -> isTcp(port) && ports.values().stream().noneMatch(own -> sameEnd(port, own)))
        .map(port -> otherPort(port, ports.values()))
        .forEach(problems::add);
    if (declared.values().stream().anyMatch(NetworkAddition::isTcp)) {
      ports.forEach((rule, port) -> removeRule(environment, rule, isTcp(port)));
    }
    var destinations = ends(variables, "_CLIENT_", "_DESTINATION").values();
    ends(environment, "_CLIENT_", "_DESTINATION")
        .forEach(
            (rule, end) ->
                removeRule(
                    environment, rule, destinations.stream().anyMatch(d -> sameEnd(d, end))));
  }

  /// Returns the ends of rules by the names of their variables without the last suffix.
  private static Map<String, Text> ends(Map<String, Text> variables, String kind, String suffix) {
    Map<String, Text> ends = new LinkedHashMap<>();
    variables.forEach(
        (name, value) -> {
          if (name.startsWith(MODE + kind) && name.endsWith(suffix)) {
            ends.put(name.substring(0, name.length() - suffix.length()), value);
          }
        });
    return ends;
  }

  private static void removeRule(Map<String, Text> environment, String rule, boolean replaced) {
    if (replaced) {
      environment.keySet().removeIf(name -> name.equals(rule) || name.startsWith(rule + "_"));
    }
  }

  private static boolean isTcp(Text end) {
    return end.value().regionMatches(true, 0, "TCP:", 0, 4);
  }

  private static Diagnostic otherPort(Text declared, Collection<Text> own) {
    var ports = own.stream().filter(NetworkAddition::isTcp).map(Text::value).toList();
    return Diagnostic.error(
            DiagnosticId.INVALID_VALUE,
            declared.span(),
            "the service does not listen at %s".formatted(declared.value()))
        .labelled("it listens at " + String.join(", ", ports))
        .helped("name this port, or give the service another one with a value under `env`");
  }

  private List<Diagnostic> conflicts(String name, Text value) {
    if (name.equals(MODE)) {
      return value.value().equals("disabled") && !rules.isEmpty()
          ? List.of(disabled(value, rules.values().iterator().next()))
          : List.of();
    }
    if (variables.containsKey(name)) {
      var declared = variables.get(name);
      return List.of(conflict("`%s` is set".formatted(name), value, declared.span()));
    }
    if (!ShieldVariables.isShieldVariable(name) || !isEnd(name)) {
      return List.of();
    }
    return variables.entrySet().stream()
        .filter(generated -> isEnd(generated.getKey()) && sameEnd(generated.getValue(), value))
        .map(g -> conflict("`%s` has a rule".formatted(value.value()), value, g.getValue().span()))
        .toList();
  }

  private static Diagnostic conflict(String message, Text value, Span declared) {
    return Diagnostic.error(
            DiagnosticId.CONFLICTING_KEYS,
            value.span(),
            message + " although the Meshfile declares the connection")
        .labelled("here by a variable of the manifest")
        .helped("remove the variables of this rule, or the entry at " + declared.place());
  }

  private static Diagnostic disabled(Text value, Span declared) {
    return Diagnostic.error(
            DiagnosticId.CONFLICTING_KEYS,
            value.span(),
            "the shield is disabled although the Meshfile declares connections")
        .labelled("here by the manifest")
        .helped("remove the variable; a connection is declared at " + declared.place());
  }

  private static boolean isEnd(String name) {
    return name.endsWith("_PORT") || name.endsWith("_DESTINATION");
  }

  private static boolean sameEnd(Text generated, Text other) {
    return generated.value().equalsIgnoreCase(other.value());
  }
}
