package dev.testudo.cli.mesh;

import dev.testudo.policy.manifest.ManifestFile;
import dev.testudo.policy.manifest.ManifestSecrets.Fragment;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.manifest.Variables.Global;
import dev.testudo.policy.manifest.Variables.Local;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Scalar;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What the manifest of a service expects of a mesh and gives to it: values with their defaults,
/// secrets and ports.
public final class ServiceDefaults {
  /// Values that follow from the mesh.
  private static final Set<String> OF_MESH =
      Set.of(
          "service_name",
          "namespace",
          "session",
          "image_name",
          "chartname",
          "connections_declared");

  private static final String RULE = "SCONE_NETWORK_SHIELD_";

  private final ServiceManifest manifest;
  private final Map<String, String> defaults = new TreeMap<>();
  private final Set<String> required = new TreeSet<>();

  private ServiceDefaults(ServiceManifest manifest) {
    this.manifest = manifest;
    var templates = templates();
    manifest.environment().global().forEach(this::declare);
    templates.forEach(this::take);
    required.removeAll(defaults.keySet());
  }

  /// Returns the description of a service, to be written as YAML. What is empty is left out.
  public static Map<String, Object> of(ServiceManifest manifest) {
    return new ServiceDefaults(manifest).all();
  }

  private Map<String, Object> all() {
    Map<String, Object> all = new LinkedHashMap<>();
    manifest.build().base().from().ifPresent(from -> all.put("base", from.value()));
    manifest.build().program().user().ifPresent(user -> all.put("user", user.value()));
    put(all, "required", List.copyOf(required));
    if (!defaults.isEmpty()) {
      all.put("values", defaults);
    }
    Map<String, Object> secrets = new LinkedHashMap<>();
    manifest.secrets().defined().forEach(f -> secrets.put(f.name().value(), kind(f)));
    if (!secrets.isEmpty()) {
      all.put("secrets", secrets);
    }
    put(all, "imports", manifest.secrets().imported().stream().map(Text::value).toList());
    put(all, "ports", ends("SERVER_", "_PORT"));
    put(all, "destinations", ends("CLIENT_", "_DESTINATION"));
    return all;
  }

  private static void put(Map<String, Object> all, String key, List<String> list) {
    if (!list.isEmpty()) {
      all.put(key, list);
    }
  }

  private static String kind(Fragment secret) {
    return secret
        .definition()
        .entry("kind")
        .map(YamlNode.Entry::value)
        .flatMap(
            node -> node instanceof Scalar scalar ? Optional.of(scalar.text()) : Optional.empty())
        .orElse("");
  }

  private List<String> ends(String kind, String suffix) {
    return manifest.environment().local().stream()
        .filter(variable -> variable.name().value().startsWith(RULE + kind))
        .filter(variable -> variable.name().value().endsWith(suffix))
        .map(variable -> variable.value().expand(this::shown).value())
        .toList();
  }

  private String shown(MeshTemplate.Variable variable) {
    return defaults.getOrDefault(variable.name(), "{{" + variable.name() + "}}");
  }

  private void declare(Global global) {
    global
        .fallback()
        .ifPresentOrElse(
            fallback -> defaults.put(global.name().value(), fallback.text().value()),
            () -> required.add(global.name().value()));
  }

  private void take(MeshTemplate template) {
    for (var variable : template.variables()) {
      var name = variable.name();
      if (variable.fallback().isPresent()) {
        defaults.putIfAbsent(name, variable.fallback().get().text().value());
      } else if (!OF_MESH.contains(name) && !name.startsWith("cas")) {
        required.add(name);
      }
    }
  }

  private List<MeshTemplate> templates() {
    var environment = manifest.environment();
    var program = manifest.build().program();
    var templates = new ArrayList<MeshTemplate>();
    templates.add(program.command());
    program.pwd().ifPresent(templates::add);
    environment.local().stream().map(Local::value).forEach(templates::add);
    manifest.injectionFiles().stream().map(ManifestFile::content).forEach(templates::add);
    manifest.secrets().defined().stream()
        .flatMap(secret -> scalars(secret.definition()))
        .map(scalar -> MeshTemplate.parse(scalar.located(), new Problems()))
        .forEach(templates::add);
    return templates;
  }

  private static Stream<Scalar> scalars(YamlNode node) {
    return switch (node) {
      case Mapping mapping -> mapping.entries().stream().flatMap(e -> scalars(e.value()));
      case Sequence sequence -> sequence.items().stream().flatMap(ServiceDefaults::scalars);
      case Scalar scalar -> Stream.of(scalar);
    };
  }
}
