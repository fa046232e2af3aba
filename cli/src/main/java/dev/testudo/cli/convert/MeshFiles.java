package dev.testudo.cli.convert;

import dev.testudo.cli.convert.Conversion.OutputFile;
import dev.testudo.cli.convert.Conversion.Target;
import dev.testudo.policy.yaml.YamlWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes the Meshfile and the service manifests of a conversion.
///
/// @param namespace the namespace of the mesh
record MeshFiles(
    Target target,
    String namespace,
    SharedSecrets secrets,
    NetworkConverter network,
    ChartValuesConverter values) {
  /// The name of the Meshfile.
  static final String MESH = "mesh.yaml";

  private static final String VERSION = "scone/5.8";

  /// Returns the files, the Meshfile first.
  List<OutputFile> of(List<ConvertedService> services) {
    var entries = new ArrayList<Object>();
    var files = new ArrayList<OutputFile>();
    for (var service : services) {
      var name = service.name();
      var manifest = new LinkedHashMap<>(service.manifest());
      secrets.section(name).ifPresent(section -> manifest.put("secrets", section));
      files.add(new OutputFile(name + "/service.yaml", YamlWriter.write(manifest), false));
      var content = secrets.values(name);
      content.ifPresent(
          v -> files.add(new OutputFile(name + "/secrets.yaml", YamlWriter.write(v), true)));
      entries.add(entry(service, content.isPresent()));
    }
    files.addFirst(
        new OutputFile(MESH, YamlWriter.write(mesh(entries, values.of(services))), false));
    if (files.stream().anyMatch(OutputFile::isSecret)) {
      files.add(new OutputFile(".gitignore", "/*/secrets.yaml\n", false));
    }
    return files;
  }

  private Map<String, Object> entry(ConvertedService service, boolean hasValues) {
    var entry = new LinkedHashMap<String, Object>();
    entry.put("image", service.image());
    entry.put("name", service.name());
    if (hasValues) {
      entry.put("image_secrets", service.name() + "/secrets.yaml");
    }
    if (network.isDeclared()) {
      var declared = network.declared(service.name());
      // Also an empty list has a meaning: what is not declared is refused.
      entry.put("connects", declared.connects());
      if (!declared.open().isEmpty()) {
        entry.put("public", declared.open());
      }
    }
    return entry;
  }

  private Map<String, Object> mesh(List<Object> entries, Map<String, Object> extra) {
    var policy = new LinkedHashMap<String, Object>();
    policy.put("namespace", namespace);
    if (!target.tolerate().isEmpty()) {
      policy.put("tolerate", target.tolerate());
    }
    var mesh = new LinkedHashMap<String, Object>();
    mesh.put("apiVersion", VERSION);
    mesh.put("kind", "mesh");
    mesh.put("cas", List.of(Map.of("name", "cas")));
    mesh.put("policy", policy);
    mesh.put("services", entries);
    if (!extra.isEmpty()) {
      mesh.put("helm_extra_values", extra);
    }
    return mesh;
  }
}
