package dev.testudo.policy.manifest;

import dev.testudo.policy.manifest.ManifestSecrets.Fragment;
import dev.testudo.policy.manifest.Variables.Global;
import dev.testudo.policy.manifest.Variables.Local;
import dev.testudo.policy.session.Permission;
import dev.testudo.policy.session.read.EnvironmentReader;
import dev.testudo.policy.session.read.InjectionPath;
import dev.testudo.policy.session.read.Names;
import dev.testudo.policy.session.read.SecretKeys;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import dev.testudo.policy.yaml.Fields;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import dev.testudo.policy.yaml.YamlNode.Sequence;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads a service manifest.
final class ManifestReader {
  private final SourceFile source;
  private final Problems problems = new Problems();

  ManifestReader(SourceFile source) {
    this.source = source;
  }

  Parsed<ServiceManifest> read(YamlNode root) {
    var manifest = Fields.of(root, ManifestKeys.MANIFEST, problems).flatMap(this::manifest);
    return problems.result(manifest::orElseThrow);
  }

  private Optional<ServiceManifest> manifest(Fields fields) {
    Headers.check(fields, "genservice", problems);
    var build = new BuildReader(problems).read(fields);
    var variables = variables(fields);
    var secrets = secrets(fields);
    var files =
        fields.list("injection_files").stream().flatMap(node -> file(node).stream()).toList();
    fields.noOthers();
    Names.areDistinct("injection file", files.stream().map(ManifestFile::path).toList(), problems);
    var manifest = build.map(b -> new ServiceManifest(source, b, variables, secrets, files, false));
    manifest.ifPresent(m -> SecretsAreDefined.check(m, problems));
    SecretsAreSound.check(secrets, problems);
    manifest.ifPresent(m -> VolumesAreSound.check(m, problems));
    manifest.ifPresent(m -> ProtectedFilesAreSound.check(m.build(), problems));
    return manifest;
  }

  private Variables variables(Fields manifest) {
    var section =
        manifest.node("environment").flatMap(n -> Fields.of(n, ManifestKeys.ENVIRONMENT, problems));
    if (section.isEmpty()) {
      return new Variables(List.of(), List.of());
    }
    var fields = section.get();
    var local = fields.list("local").stream().flatMap(node -> local(node).stream()).toList();
    var global = fields.list("global").stream().flatMap(node -> global(node).stream()).toList();
    fields.noOthers();
    var names = Stream.concat(local.stream().map(Local::name), global.stream().map(Global::name));
    Names.areDistinct("variable", names.toList(), problems);
    local.forEach(variable -> StartVariables.check(variable.name(), problems));
    global.forEach(variable -> StartVariables.check(variable.name(), problems));
    return new Variables(local, global);
  }

  private Optional<Local> local(YamlNode node) {
    var fields = Fields.of(node, ManifestKeys.VARIABLE, problems);
    var name = fields.flatMap(this::variableName);
    var value = fields.flatMap(this::localValue).map(this::template);
    fields.ifPresent(Fields::noOthers);
    return name.flatMap(n -> value.map(v -> new Local(n, v)));
  }

  /// Returns the value of a variable. `value:` with nothing after it is an empty string; a missing
  /// `value` is an error.
  private Optional<Text> localValue(Fields fields) {
    if (fields.declares("value") && !fields.has("value")) {
      fields.node("value");
      return Optional.of(new Text("", fields.spanOf("value")));
    }
    return fields.requiredText("value");
  }

  private Optional<Global> global(YamlNode node) {
    var fields = Fields.of(node, ManifestKeys.VARIABLE, problems);
    var name = fields.flatMap(this::variableName);
    var fallback = fields.flatMap(f -> f.text("value")).map(this::template);
    fields.ifPresent(Fields::noOthers);
    return name.map(n -> new Global(n, fallback));
  }

  private Optional<Text> variableName(Fields fields) {
    return fields.requiredText("name").filter(text -> EnvironmentReader.isName(text, problems));
  }

  private MeshTemplate template(Text text) {
    return MeshTemplate.parse(text, problems);
  }

  /// Reads `secrets`. A list counts as the `global` part, because some files leave that level out.
  private ManifestSecrets secrets(Fields manifest) {
    var section = manifest.node("secrets");
    if (section.isEmpty()) {
      return new ManifestSecrets(List.of(), List.of());
    }
    if (section.get() instanceof Sequence(_, var items)) {
      return new ManifestSecrets(fragments(items), List.of());
    }
    var fields = Fields.of(section.get(), ManifestKeys.SECRETS, problems);
    var secrets =
        fields
            .map(f -> new ManifestSecrets(fragments(f.list("global")), f.texts("import")))
            .orElse(new ManifestSecrets(List.of(), List.of()));
    fields.ifPresent(Fields::noOthers);
    return secrets;
  }

  /// Returns the definitions unchecked. `SecretsAreSound` checks them once all are known.
  private List<Fragment> fragments(List<YamlNode> nodes) {
    return nodes.stream().flatMap(node -> fragment(node).stream()).toList();
  }

  private Optional<Fragment> fragment(YamlNode node) {
    if (!(node instanceof Mapping mapping)) {
      Fields.of(node, SecretKeys.SECRET, problems);
      return Optional.empty();
    }
    return Fields.of(node, SecretKeys.SECRET, problems)
        .flatMap(fields -> fields.requiredText("name"))
        .map(name -> new Fragment(name, mapping));
  }

  private Optional<ManifestFile> file(YamlNode node) {
    var fields = Fields.of(node, ManifestKeys.INJECTION_FILE, problems);
    var path =
        fields
            .flatMap(f -> f.requiredText("path"))
            .filter(text -> InjectionPath.check(text, problems));
    var content = fields.flatMap(f -> f.requiredText("content")).map(this::template);
    var permission =
        fields.flatMap(f -> f.text("permission")).flatMap(t -> Permission.parse(t, problems));
    fields.ifPresent(Fields::noOthers);
    return path.flatMap(p -> content.map(c -> new ManifestFile(p, c, permission)));
  }
}
