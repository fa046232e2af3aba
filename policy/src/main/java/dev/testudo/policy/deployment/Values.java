package dev.testudo.policy.deployment;

import dev.testudo.policy.manifest.DeclaredEdge;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.MeshService;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.manifest.ValueBlock;
import dev.testudo.policy.manifest.ValueBlock.Scope;
import dev.testudo.policy.source.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The values of one service: those that the Meshfile gives, where a narrower scope wins, and those
/// generated from the mesh itself. Values may contain variables.
record Values(Map<String, Text> given, Map<String, String> generated) {

  static Values of(Mesh mesh, MeshService service, ServiceManifest manifest) {
    Map<String, Text> given = new LinkedHashMap<>();
    put(given, mesh.values(), Scope.Global.class::isInstance);
    put(given, mesh.values(), Scope.Helm.class::isInstance);
    put(given, mesh.values(), scope -> isFor(scope, service));
    service.values().forEach(value -> given.put(value.name().value(), value.value()));
    return new Values(given, generated(mesh, service, manifest));
  }

  private static void put(
      Map<String, Text> given, List<ValueBlock> blocks, Predicate<Scope> wanted) {
    blocks.stream()
        .filter(block -> wanted.test(block.scope()))
        .flatMap(block -> block.values().stream())
        .forEach(value -> given.put(value.name().value(), value.value()));
  }

  private static boolean isFor(Scope scope, MeshService service) {
    return scope instanceof Scope.Service(var name) && name.value().equals(service.name().value());
  }

  private static Map<String, String> generated(
      Mesh mesh, MeshService service, ServiceManifest manifest) {
    Map<String, String> generated = new LinkedHashMap<>();
    var namespace = mesh.policy().namespace().value();
    generated.put("service_name", service.name().value());
    generated.put("namespace", namespace);
    generated.put("session", namespace + "/" + service.name().value());
    generated.put("image_name", manifest.build().to().value());
    generated.put("chartname", manifest.build().name().value());
    generated.put("connections_declared", Boolean.toString(isConnected(mesh, service)));
    for (var cas : mesh.cas()) {
      var url = cas.url().map(Text::value);
      url.ifPresent(u -> generated.put("cas." + cas.name().value() + ".cas_url", u));
      url.ifPresent(u -> generated.put("cas_" + cas.name().value() + "_cas_url", u));
    }
    return generated;
  }

  /// Returns true if the Meshfile declares who connects to a TCP port of the service, so that the
  /// shield does the TLS.
  private static boolean isConnected(Mesh mesh, MeshService service) {
    return mesh.services().stream()
        .flatMap(one -> one.network().edges().stream())
        .filter(edge -> !edge.endpoint().isPath())
        .anyMatch(
            edge ->
                edge instanceof DeclaredEdge.ToService to
                    && to.service().value().equals(service.name().value()));
  }

  Optional<Text> given(String name) {
    return Optional.ofNullable(given.get(name));
  }
}
