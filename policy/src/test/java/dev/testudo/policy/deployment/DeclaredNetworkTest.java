package dev.testudo.policy.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.SecretDefinition.KeyMaterial;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What follows from `connects` and `public`.
class DeclaredNetworkTest {
  private static final String PREFIX = "SCONE_NETWORK_SHIELD";
  private static final String SERVICES =
      """
      [{name: redis, image: "r:1"},
       {name: api, image: "a:1", connects: ["redis:6379", "worker:/run/w.sock"], public: [80]},
       {name: worker, image: "w:1", connects: [{service: redis, port: 6379, host: redis.app.svc}]},
       {name: idle, image: "i:1"}]
      """;

  private static <T> T value(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> value;
      case Parsed.Invalid<T>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }

  private static ServiceManifest manifest(String image) {
    var yaml =
        """
        apiVersion: scone/5.8
        kind: genservice
        build: {name: x, kind: python, to: "%s", command: program}
        """
            .formatted(image);
    return value(ServiceManifest.read(new SourceFile("service.yaml", yaml)));
  }

  private static MeshPlan plan(String services) {
    var yaml =
        """
        apiVersion: scone/5.8
        kind: mesh
        cas: [{name: cas}]
        policy: {namespace: app}
        services: %s
        """
            .formatted(services.replace("\n", " "));
    var manifests =
        Stream.of("r:1", "a:1", "w:1", "i:1")
            .collect(Collectors.toMap(Function.identity(), DeclaredNetworkTest::manifest));
    var mesh = value(Mesh.read(new SourceFile("mesh.yaml", yaml)));
    return value(MeshPlan.resolve(mesh, manifests));
  }

  private static Map<String, String> rules(MeshPlan plan, String service) {
    return new TreeMap<>(
        plan.services().stream()
            .filter(s -> s.name().equals(service))
            .findFirst()
            .orElseThrow()
            .launch()
            .environment());
  }

  private static Session session(MeshPlan plan, String name) {
    var images =
        plan.services().stream()
            .collect(Collectors.toMap(PlannedService::name, _ -> BuiltImage.of("12".repeat(32))));
    return plan.sessions(images).stream()
        .filter(text -> text.name().value().equals(name))
        .map(t -> value(SessionParser.read(new SourceFile(t.name().value(), t.yaml()))))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void bothEndsGetTheirRules() {
    var plan = plan(SERVICES);
    var redis = rules(plan, "redis");
    assertEquals("protected", redis.get(PREFIX));
    assertEquals("protected", redis.get(PREFIX + "_SERVER_6379"));
    assertEquals("TCP:6379", redis.get(PREFIX + "_SERVER_6379_PORT"));
    assertEquals("api, worker", redis.get(PREFIX + "_SERVER_6379_CLIENT_NAMES"));
    var api = rules(plan, "api");
    assertEquals("TCP:redis:6379", api.get(PREFIX + "_CLIENT_redis_6379_DESTINATION"));
    assertEquals("unprotected", api.get(PREFIX + "_SERVER_80"));
    assertEquals("worker", api.get(PREFIX + "_CLIENT_worker_unix-run-w-sock_SERVER_DNS_NAME"));
    var worker = rules(plan, "worker");
    assertEquals("TCP:redis.app.svc:6379", worker.get(PREFIX + "_CLIENT_redis_6379_DESTINATION"));
    assertEquals("unix:/run/w.sock", worker.get(PREFIX + "_SERVER_unix-run-w-sock_PORT"));
    assertEquals(Map.of(PREFIX, "protected"), rules(plan, "idle"));
  }

  @Test
  void aMeshThatDeclaresNothingStaysAsItIs() {
    var services = "[{name: redis, image: 'r:1'}, {name: api, image: 'a:1'}]";
    assertEquals(Map.of(), rules(plan(services), "api"));
    var closed = plan(services.replace("'a:1'", "'a:1', connects: []"));
    assertEquals(Map.of(PREFIX, "protected"), rules(closed, "redis"));
  }

  /// The authority of a port certifies its server and its callers. Each caller gets the authority's
  /// certificate, and the key and certificate of its own. Nobody gets anything else.
  @Test
  void aCallerGetsItsOwnCertificateAndNobodyElses() {
    var exports = new TreeMap<String, String>();
    var redis = session(plan(SERVICES), "app/redis");
    var callers = Stream.of("api", "worker", "idle").map(n -> new SessionName("app/" + n)).toList();
    for (var secret : redis.secrets()) {
      var to = new TreeSet<String>();
      for (var caller : callers) {
        if (secret.declaration().exports().stream().anyMatch(export -> export.names(caller))) {
          to.add(caller.value());
        }
      }
      exports.put(secret.name().value().replace("connects~redis~6379~", ""), to.toString());
    }
    assertEquals(
        Map.of(
            "ca", "[app/api, app/worker]",
            "ca~key", "[]",
            "server", "[]",
            "server~key", "[]",
            "client~api", "[app/api]",
            "client~api~key", "[app/api]",
            "client~worker", "[app/worker]",
            "client~worker~key", "[app/worker]"),
        exports);
  }

  @Test
  void eachPortHasAnAuthorityOfItsOwnWhoseKeysOutliveUpdates() {
    var plan = plan(SERVICES);
    var redis = session(plan, "app/redis");
    assertEquals(List.of("connects~redis~6379~ca"), authorities(redis));
    assertEquals(
        List.of("connects~worker~unix-run-w-sock~ca"), authorities(session(plan, "app/worker")));
    for (var secret : redis.secrets()) {
      if (secret instanceof SecretDefinition.PrivateKey(_, KeyMaterial.Generated key)) {
        assertTrue(key.migrate(), secret.name()::value);
      }
    }
    assertEquals(List.of(), session(plan, "app/idle").secrets());
  }

  private static List<String> authorities(Session session) {
    return session.secrets().stream()
        .filter(SecretDefinition.Authority.class::isInstance)
        .map(secret -> secret.name().value())
        .toList();
  }
}
