package dev.testudo.policy.deployment;

import dev.testudo.policy.deployment.PlannedSecrets.PlannedImport;
import dev.testudo.policy.deployment.PlannedService.PlannedFile;
import dev.testudo.policy.deployment.PlannedService.PlannedLaunch;
import dev.testudo.policy.manifest.DeclaredEndpoint;
import dev.testudo.policy.manifest.DeclaredNetwork;
import dev.testudo.policy.manifest.ManifestKeys;
import dev.testudo.policy.manifest.ManifestSecrets.Fragment;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.MeshService;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.manifest.StartVariables;
import dev.testudo.policy.manifest.Variables.Global;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.read.CommandLine;
import dev.testudo.policy.session.read.DeclaredVolumes;
import dev.testudo.policy.session.read.Names;
import dev.testudo.policy.session.read.SecretReader;
import dev.testudo.policy.session.rule.MountsHaveTheirOwnPlace;
import dev.testudo.policy.shield.Listen;
import dev.testudo.policy.shield.ShieldTemplates;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.MeshTemplate;
import dev.testudo.policy.substitution.RuntimeTemplate;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Joins one service with its manifest. Diagnostics point into the manifest, or into the Meshfile
/// if that is what must change.
final class ServiceResolver {
  private final MeshService service;
  private final Map<String, SourceFile> files;
  private final ServiceManifest manifest;
  private final SessionName session;
  private final Values values;
  private final Expander expander;
  private final MeshReferences references;
  private final Problems problems;
  private List<Fragment> fragments = List.of();
  private List<SecretDefinition> definitions = List.of();

  ServiceResolver(
      Mesh mesh,
      MeshService service,
      ServiceManifest manifest,
      Map<String, SourceFile> files,
      Problems problems) {
    this.service = service;
    this.files = files;
    this.manifest = manifest;
    this.values = Values.of(mesh, service, manifest);
    this.expander = new Expander(values, manifest, problems);
    this.references =
        new MeshReferences(
            mesh.services().stream().map(s -> s.name().value()).collect(Collectors.toSet()));
    this.problems = problems;
    // Reading the mesh has checked both parts.
    this.session =
        new SessionName(mesh.policy().namespace().value() + "/" + service.name().value());
  }

  /// Returns the names of values that matter for the service, known once it is resolved.
  Set<String> usedValues() {
    return expander.used();
  }

  void defineSecrets(SecretOwners owners) {
    fragments =
        service
            .imageSecrets()
            .map(path -> new ImageSecrets(expander, problems).read(path, files))
            .orElseGet(this::ofManifest);
    var nodes = fragments.stream().<YamlNode>map(Fragment::definition).toList();
    var found = new Problems();
    definitions =
        SecretReader.ofManifest(session, manifest.secrets().imported(), found).readAll(nodes);
    report(found);
    owners.add(session, definitions);
  }

  private List<Fragment> ofManifest() {
    return manifest.secrets().defined().stream()
        .map(f -> new Fragment(f.name(), (Mapping) expander.expand(f.definition())))
        .toList();
  }

  /// Returns the name of the service, and where the Meshfile gives it.
  Text name() {
    return service.name();
  }

  SessionName session() {
    return session;
  }

  DeclaredNetwork network() {
    return service.network();
  }

  /// Expands the variables in a text of the Meshfile by the values of this service.
  Text expand(Text text) {
    return expander.expand(MeshTemplate.parse(text, problems));
  }

  /// Returns where a service listens, or reports that the text names no port or path.
  Optional<Listen> listen(DeclaredEndpoint endpoint) {
    var text = expand(endpoint.text());
    var found = new Problems();
    var scheme = endpoint.isPath() ? "unix:" : "TCP:";
    var at = Listen.parse(text.withValue(scheme + text.value()), found);
    report(found);
    return at;
  }

  /// Returns true if the manifest defines or imports the secret of the given name; reports it
  /// otherwise.
  boolean hasSecret(Text name) {
    var found = new Problems();
    RuntimeTemplate.parse(
        name.withValue("$$SCONE::%s$$".formatted(name.value())), secretNames(), found);
    report(found);
    return !found.anyErrors();
  }

  private void report(Problems found) {
    found.found().stream()
        .filter(diagnostic -> !expander.mayBeDueToMissing(diagnostic))
        .forEach(problems::add);
  }

  /// Joins the service with what its manifest imports, and with what the declared network adds.
  Optional<PlannedService> resolve(SecretOwners owners, NetworkAddition network) {
    var found = new Problems();
    network.reportNamesTaken(ownSecrets(), found);
    var command = CommandLine.split(expander.expand(manifest.build().program().command()), found);
    CommandLine.refuseHost(command, found);
    var environment = environment();
    Map<String, Text> contents = new LinkedHashMap<>();
    for (var file : manifest.injectionFiles()) {
      contents.put(file.path().value(), expander.expand(file.content()));
    }
    if (manifest.curated()) {
      network.replaceRules(environment, found);
    }
    network.addTo(environment, found);
    var imports = imports(owners, texts(command, environment, contents));
    var names = Stream.concat(secretNames().stream(), network.secretNames().stream()).toList();
    new TextRules(names, kinds(imports, owners), found)
        .check(command, environment, contents.values());
    ShieldTemplates.check(environment, found);
    var name = command.stream().findFirst().flatMap(word -> serviceName(word, found));
    var volumes = volumes(contents.keySet(), found);
    report(found);
    var secrets =
        new PlannedSecrets(
            Stream.concat(fragments.stream(), network.secrets().stream()).toList(),
            Stream.concat(imports.stream(), network.imports().stream()).toList());
    return name.map(_ -> planned(secrets, launch(command, environment), contents, volumes));
  }

  /// Returns the volumes of the service.
  ///
  /// @param files the paths of its injected files
  private List<PlannedVolume> volumes(Set<String> files, Problems found) {
    var written =
        manifest.build().volumes().stream()
            .map(volume -> references.resolved((Mapping) expander.expand(volume)))
            .toList();
    var mounts = DeclaredVolumes.read(written, ManifestKeys.VOLUME, session, secretNames(), found);
    MountsHaveTheirOwnPlace.check(mounts, List.copyOf(files), found);
    // If one is wrong, there will be no plan.
    return mounts.size() == written.size()
        ? IntStream.range(0, mounts.size())
            .mapToObj(i -> new PlannedVolume(mounts.get(i), written.get(i)))
            .toList()
        : List.of();
  }

  private List<PlannedImport> imports(SecretOwners owners, List<Text> texts) {
    manifest.secrets().imported().forEach(name -> expander.use(name.value()));
    return new ImportedSecrets(manifest, secretNames(), texts)
        .find(owners, name -> owners.find(name, values, session));
  }

  private static List<Text> texts(
      List<Text> command, Map<String, Text> environment, Map<String, Text> contents) {
    return Stream.of(command, environment.values(), contents.values())
        .flatMap(Collection::stream)
        .toList();
  }

  private static Optional<String> serviceName(Text program, Problems found) {
    return Names.service(program.withValue(PlannedService.nameOf(program.value())), found);
  }

  private PlannedService planned(
      PlannedSecrets secrets,
      PlannedLaunch launch,
      Map<String, Text> contents,
      List<PlannedVolume> volumes) {
    return new PlannedService(
        service.name().value(),
        manifest.build().to().value(),
        manifest,
        session,
        launch,
        plannedFiles(contents),
        volumes,
        secrets,
        expander.all());
  }

  private Map<String, Text> environment() {
    Map<String, Text> environment = new LinkedHashMap<>();
    for (var local : manifest.environment().local()) {
      environment.put(local.name().value(), expander.expand(local.value()));
    }
    for (var global : manifest.environment().global()) {
      if (StartVariables.contains(global.name().value())) {
        continue;
      }
      var value = expander.global(global);
      value.ifPresentOrElse(
          text -> environment.put(global.name().value(), text), () -> reportMissing(global));
    }
    environment.keySet().removeIf(StartVariables::contains);
    return environment;
  }

  private void reportMissing(Global global) {
    problems.add(ValuesAreGiven.missing(global, service, values));
  }

  private List<String> secretNames() {
    return ownSecrets().map(Text::value).toList();
  }

  private Stream<Text> ownSecrets() {
    return Stream.concat(
        fragments.stream().map(Fragment::name), manifest.secrets().imported().stream());
  }

  private Map<SecretName, SecretKind> kinds(List<PlannedImport> imports, SecretOwners owners) {
    Map<SecretName, SecretKind> kinds = new LinkedHashMap<>();
    imports.forEach(i -> owners.kind(i).ifPresent(kind -> kinds.put(i.local(), kind)));
    definitions.forEach(d -> d.kind().ifPresent(kind -> kinds.put(d.name(), kind)));
    return kinds;
  }

  private PlannedLaunch launch(List<Text> command, Map<String, Text> environment) {
    Map<String, String> variables = new LinkedHashMap<>();
    environment.forEach((name, text) -> variables.put(name, text.value()));
    var pwd = manifest.build().program().pwd().map(p -> expander.expand(p).value());
    return new PlannedLaunch(command.stream().map(Text::value).toList(), variables, pwd);
  }

  private List<PlannedFile> plannedFiles(Map<String, Text> contents) {
    return manifest.injectionFiles().stream()
        .map(
            file -> {
              var path = file.path().value();
              var content = Optional.ofNullable(contents.get(path)).map(Text::value).orElse("");
              return new PlannedFile(path, content, file.permission());
            })
        .toList();
  }
}
