package dev.testudo.cli.convert;

import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Span;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The secrets of the mesh. The first service that uses a secret owns it, and the others import it.
final class SharedSecrets {
  private static final int GENERATED_SIZE = 32;

  private final Set<String> generate;
  private final Problems problems;
  private final Set<String> used = new TreeSet<>();
  private final Map<String, Kept> secrets = new LinkedHashMap<>();
  private final Map<String, Set<String>> imports = new LinkedHashMap<>();

  /// A secret of the mesh.
  ///
  /// @param content empty if CAS generates it
  private record Kept(String owner, Optional<KeyContent> content) {}

  /// @param generate names of Secrets, or `SECRET/KEY`, whose content CAS generates
  SharedSecrets(Set<String> generate, Problems problems) {
    this.generate = Set.copyOf(generate);
    this.problems = problems;
  }

  /// Returns true if CAS generates a key of a Secret.
  boolean isGenerated(String object, String key) {
    return generate.contains(object) || generate.contains(object + "/" + key);
  }

  /// Returns the names given for generation that nothing has used.
  Set<String> unused() {
    var rest = new TreeSet<>(generate);
    rest.removeAll(used);
    return rest;
  }

  /// Returns the placeholder of a key of a Secret for one service. An empty content is the empty
  /// text.
  String use(String service, String object, String key, KeyContent content, Use use) {
    var name = name(object, key);
    if (isGenerated(object, key)) {
      used.add(generate.contains(object) ? object : object + "/" + key);
      add(service, name, Optional.empty());
      return placeholder(name);
    }
    if (content.size() == 0) {
      return "";
    }
    if (content.size() > KeyContent.MAX_SIZE) {
      report(use.place(), "`%s` has more than %d bytes".formatted(key, KeyContent.MAX_SIZE));
    } else if (!use.isFile() && content.ascii().isEmpty()) {
      report(use.place(), "`%s` is not ASCII text, so it cannot be in a variable".formatted(key));
    }
    add(service, name, Optional.of(content));
    return placeholder(name);
  }

  /// Where a secret is used.
  ///
  /// @param isFile true if any bytes may be inserted
  /// @param place where its content is written
  record Use(boolean isFile, Span place) {}

  /// Returns the name of a secret of the mesh. Names of objects have no `_`, so it is unique.
  private static String name(String object, String key) {
    return object + "_" + key;
  }

  private static String placeholder(String name) {
    return "$$SCONE::" + name + "$$";
  }

  private void report(Span place, String message) {
    problems.add(Diagnostic.error(DiagnosticId.UNSUITABLE_SECRET, place, message));
  }

  private void add(String service, String name, Optional<KeyContent> content) {
    var known = secrets.putIfAbsent(name, new Kept(service, content));
    if (known != null && !known.owner().equals(service)) {
      imports.computeIfAbsent(service, _ -> new LinkedHashSet<>()).add(name);
    }
  }

  /// Returns the section `secrets` of a service's manifest, without any value.
  Optional<Map<String, Object>> section(String service) {
    var section = new LinkedHashMap<String, Object>();
    var own = own(service, false);
    if (!own.isEmpty()) {
      section.put("global", own);
    }
    var imported = imports.getOrDefault(service, Set.of());
    if (!imported.isEmpty()) {
      section.put("import", List.copyOf(imported));
    }
    return section.isEmpty() ? Optional.empty() : Optional.of(section);
  }

  /// Returns the secrets of a service with their values, if it has any with a value.
  Optional<List<Object>> values(String service) {
    var hasValues =
        secrets.values().stream()
            .anyMatch(s -> s.owner().equals(service) && s.content().isPresent());
    return hasValues ? Optional.of(own(service, true)) : Optional.empty();
  }

  private List<Object> own(String service, boolean withValues) {
    var own = new ArrayList<Object>();
    secrets.forEach(
        (name, secret) -> {
          if (secret.owner().equals(service)) {
            own.add(definition(name, secret.content(), withValues));
          }
        });
    return own;
  }

  private static Map<String, Object> definition(
      String name, Optional<KeyContent> content, boolean withValue) {
    var definition = new LinkedHashMap<String, Object>();
    definition.put("name", name);
    var ascii = content.flatMap(KeyContent::ascii);
    definition.put("kind", content.isEmpty() || ascii.isPresent() ? "ascii" : "binary");
    if (content.isEmpty()) {
      definition.put("size", GENERATED_SIZE);
    } else if (withValue) {
      definition.put("value", ascii.map(ManifestText::quoted).orElseGet(content.get()::hex));
    }
    return definition;
  }
}
