package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.MeshService;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.DiagnosticId;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.Problems;
import dev.testudo.policy.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Joins a mesh with its manifests. The secrets of all services are defined first, because any
/// service may import from any other.
final class MeshResolver {
  private final Mesh mesh;
  private final Map<String, ServiceManifest> manifests;
  private final Map<String, SourceFile> files;
  private final Problems problems = new Problems();

  MeshResolver(Mesh mesh, Map<String, ServiceManifest> manifests, Map<String, SourceFile> files) {
    this.mesh = mesh;
    this.manifests = manifests;
    this.files = files;
  }

  Parsed<MeshPlan> resolve() {
    var resolvers =
        mesh.services().stream().flatMap(service -> resolver(service).stream()).toList();
    var owners = new SecretOwners(problems);
    resolvers.forEach(resolver -> resolver.defineSecrets(owners));
    var network = NetworkPlanner.plan(resolvers, problems);
    var services =
        resolvers.stream()
            .flatMap(resolver -> resolver.resolve(owners, addition(network, resolver)).stream())
            .toList();
    ImportedVolumes.check(services, problems);
    var plan = new MeshPlan(mesh, services, hosts(network));
    if (!problems.anyErrors()) {
      ValuesAreUsed.check(mesh, usedValues(resolvers), problems);
      checkSessions(plan);
    }
    return problems.result(() -> plan);
  }

  private static Map<String, Set<String>> usedValues(List<ServiceResolver> resolvers) {
    return resolvers.stream()
        .collect(Collectors.toMap(r -> r.name().value(), ServiceResolver::usedValues));
  }

  private static NetworkAddition addition(
      Map<String, NetworkAddition> network, ServiceResolver service) {
    return network.getOrDefault(service.name().value(), new NetworkAddition());
  }

  /// Returns the service of each host name by which others connect to it. A service always has its
  /// own name.
  private static Map<String, String> hosts(Map<String, NetworkAddition> network) {
    Map<String, String> hosts = new TreeMap<>();
    network.forEach(
        (service, addition) -> addition.hosts().forEach(host -> hosts.putIfAbsent(host, service)));
    network.keySet().forEach(service -> hosts.put(service, service));
    return hosts;
  }

  /// Finds the manifest of a service's image and reports an image without one.
  private Optional<ServiceResolver> resolver(MeshService service) {
    var image = service.image();
    var manifest = Optional.ofNullable(manifests.get(image.value()));
    if (manifest.isEmpty()) {
      var diagnostic =
          Diagnostic.error(
                  DiagnosticId.UNKNOWN_IMAGE,
                  image.span(),
                  "no service manifest makes image `%s`".formatted(image.value()))
              .labelled("needed by service `%s`".formatted(service.name().value()));
      problems.add(
          problems
              .suggesting(diagnostic, manifests.keySet(), image.value())
              .helped("its manifest says `build.to: %s`".formatted(image.value())));
    }
    return manifest.map(m -> new ServiceResolver(mesh, service, m, files, problems));
  }

  private static BuiltImage anyImage() {
    var digest = "0".repeat(64);
    return BuiltImage.of(digest).launchedWith(digest);
  }

  /// Checks that the generated sessions can be read back. Errors are reported, since they would
  /// otherwise surface only at CAS.
  private void checkSessions(MeshPlan plan) {
    Map<String, BuiltImage> images =
        plan.services().stream()
            .map(PlannedService::name)
            .distinct()
            .collect(Collectors.toMap(Function.identity(), _ -> anyImage()));
    List<SessionText> texts = plan.sessions(images);
    for (var text : texts) {
      var source = new SourceFile("session " + text.name() + " (generated)", text.yaml());
      switch (SessionParser.read(source)) {
        case Parsed.Valid<Session> _ -> {}
        case Parsed.Invalid<Session>(var wrong) -> problems.addAll(wrong);
      }
    }
  }
}
