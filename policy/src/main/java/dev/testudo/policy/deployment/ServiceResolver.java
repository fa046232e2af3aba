package dev.testudo.policy.deployment;

import dev.testudo.policy.deployment.PlannedSecrets.PlannedImport;
import dev.testudo.policy.deployment.PlannedService.PlannedFile;
import dev.testudo.policy.deployment.PlannedService.PlannedLaunch;
import dev.testudo.policy.manifest.ManifestSecrets.Fragment;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.MeshService;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.manifest.Variables.Global;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.read.CommandLine;
import dev.testudo.policy.session.read.Names;
import dev.testudo.policy.session.read.SecretReader;
import dev.testudo.policy.shield.ShieldTemplates;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.substitution.SecretKind;
import dev.testudo.policy.substitution.SecretName;
import dev.testudo.policy.yaml.YamlNode;
import dev.testudo.policy.yaml.YamlNode.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Joins one service with its manifest. Diagnostics point into the manifest, or into the Meshfile
/// if that is what must change.
final class ServiceResolver {
  private final MeshService service;
  private final ServiceManifest manifest;
  private final SessionName session;
  private final Values values;
  private final Expander expander;
  private final Problems problems;
  private List<Fragment> fragments = List.of();
  private List<SecretDefinition> definitions = List.of();

  ServiceResolver(Mesh mesh, MeshService service, ServiceManifest manifest, Problems problems) {
    this.service = service;
    this.manifest = manifest;
    this.values = Values.of(mesh, service, manifest);
    this.expander = new Expander(values, manifest, problems);
    this.problems = problems;
    // Reading the mesh has checked both parts.
    this.session =
        new SessionName(mesh.policy().namespace().value() + "/" + service.name().value());
  }

  void defineSecrets(SecretOwners owners) {
    fragments =
        manifest.secrets().defined().stream()
            .map(f -> new Fragment(f.name(), (Mapping) expander.expand(f.definition())))
            .toList();
    var nodes = fragments.stream().<YamlNode>map(Fragment::definition).toList();
    var found = new Problems();
    definitions =
        SecretReader.ofManifest(session, manifest.secrets().imported(), found).readAll(nodes);
    report(found);
    owners.add(session, definitions);
  }

  private void report(Problems found) {
    found.found().stream()
        .filter(diagnostic -> !expander.mayBeDueToMissing(diagnostic))
        .forEach(problems::add);
  }

  Optional<PlannedService> resolve(SecretOwners owners) {
    var imports =
        manifest.secrets().imported().stream()
            .flatMap(name -> owners.find(name, values, session).stream())
            .toList();
    var found = new Problems();
    var command = CommandLine.split(expander.expand(manifest.build().program().command()), found);
    CommandLine.refuseHost(command, found);
    var environment = environment();
    Map<String, Text> files = new LinkedHashMap<>();
    for (var file : manifest.injectionFiles()) {
      files.put(file.path().value(), expander.expand(file.content()));
    }
    new TextRules(secretNames(), kinds(imports, owners), found)
        .check(command, environment, files.values());
    ShieldTemplates.check(environment, found);
    var name = command.stream().findFirst().flatMap(word -> serviceName(word, found));
    report(found);
    return name.map(_ -> planned(imports, launch(command, environment), files));
  }

  private static Optional<String> serviceName(Text program, Problems found) {
    return Names.service(program.withValue(PlannedService.nameOf(program.value())), found);
  }

  private PlannedService planned(
      List<PlannedImport> imports, PlannedLaunch launch, Map<String, Text> files) {
    return new PlannedService(
        service.name().value(),
        service.image().value(),
        manifest,
        session,
        launch,
        plannedFiles(files),
        new PlannedSecrets(fragments, imports),
        expander.all());
  }

  private Map<String, Text> environment() {
    Map<String, Text> environment = new LinkedHashMap<>();
    for (var local : manifest.environment().local()) {
      environment.put(local.name().value(), expander.expand(local.value()));
    }
    for (var global : manifest.environment().global()) {
      var value = expander.global(global);
      value.ifPresentOrElse(
          text -> environment.put(global.name().value(), text), () -> reportMissing(global));
    }
    return environment;
  }

  private void reportMissing(Global global) {
    problems.add(ValuesAreGiven.missing(global, service, values));
  }

  private List<String> secretNames() {
    return Stream.concat(
            fragments.stream().map(f -> f.name().value()),
            manifest.secrets().imported().stream().map(Text::value))
        .toList();
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
