package dev.testudo.policy.manifest;

import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import dev.testudo.policy.substitution.RuntimeTemplate;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Checks that each `$$SCONE::name$$` in a manifest names a secret that the manifest
/// defines or imports.
final class SecretsAreDefined {
  /// A placeholder whose name contains a mesh variable. It is checked after the mesh has
  /// filled the variable in.
  private static final Pattern COMPLETED_BY_MESH =
      Pattern.compile("\\$\\$SCONE::[^$]*(\\{\\{|\\{%)");

  private SecretsAreDefined() {}

  static void check(ServiceManifest manifest, Problems problems) {
    var names = names(manifest.secrets());
    texts(manifest)
        .filter(text -> !COMPLETED_BY_MESH.matcher(text.value()).find())
        .forEach(text -> RuntimeTemplate.parse(text, names, problems));
  }

  private static Set<String> names(ManifestSecrets secrets) {
    var names = new LinkedHashSet<String>();
    secrets.defined().forEach(fragment -> names.add(fragment.name().value()));
    secrets.imported().forEach(text -> names.add(text.value()));
    return names;
  }

  private static Stream<Text> texts(ServiceManifest manifest) {
    var command = Stream.of(manifest.build().program().command());
    var local = manifest.environment().local().stream().map(Variables.Local::value);
    var global = manifest.environment().global().stream().flatMap(g -> g.fallback().stream());
    var files = manifest.injectionFiles().stream().map(ManifestFile::content);
    return Stream.of(command, local, global, files).flatMap(s -> s).map(MeshTemplate::text);
  }
}
