package dev.testudo.policy.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.deployment.MeshNetwork.Link;
import dev.testudo.policy.deployment.MeshNetwork.Port;
import dev.testudo.policy.deployment.MeshNetwork.Protection;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MeshNetworkTest {
  private static <T> T value(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> value;
      case Parsed.Invalid<T>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }

  private static ServiceManifest manifest(String name, String... variables) {
    var yaml =
        new StringBuilder(
            """
            apiVersion: scone/5.8
            kind: genservice
            build: {name: %1$s, kind: none, to: "%1$s:1", command: "/bin/%1$s"}
            secrets:
              global:
                - {name: %1$s_ca_key, kind: private-key}
                - {name: %1$s_ca, kind: x509-ca, private_key: %1$s_ca_key}
            environment:
              local:
            """
                .formatted(name));
    for (var variable : variables) {
      var parts = variable.split("=", 2);
      yaml.append(
          "    - {name: \"SCONE_NETWORK_SHIELD%s\", value: \"%s\"}\n"
              .formatted(parts[0], parts[1]));
    }
    return value(ServiceManifest.read(new SourceFile(name + ".yaml", yaml.toString())));
  }

  private static MeshNetwork network(ServiceManifest... manifests) {
    var services = new StringBuilder();
    Map<String, ServiceManifest> byImage = new LinkedHashMap<>();
    for (var manifest : manifests) {
      var name = manifest.build().name().value();
      services.append("  - {image: \"%s:1\"}\n".formatted(name));
      byImage.put(name + ":1", manifest);
    }
    var mesh =
        """
        apiVersion: scone/5.8
        kind: mesh
        cas: [{name: cas}]
        policy: {namespace: app, tolerate: software-evidence}
        services:
        """
            + services;
    var read = value(Mesh.read(new SourceFile("mesh.yaml", mesh)));
    return MeshNetwork.of(value(MeshPlan.resolve(read, byImage)), Map.of("eu-db", "db"));
  }

  private static ServiceManifest client(String destination) {
    return manifest(
        "api", "=protected", "_CLIENT_1=unprotected", "_CLIENT_1_DESTINATION=" + destination);
  }

  private static ServiceManifest database() {
    return manifest(
        "db",
        "=protected",
        "_SERVER_1=protected",
        "_SERVER_1_PORT=TCP:5432",
        "_SERVER_1_CLIENT_AUTH=$$SCONE::db_ca:crt$$",
        "_SERVER_2=protected",
        "_SERVER_2_PORT=TCP:443",
        "_SERVER_2_CLIENT_AUTH=disabled",
        "_SERVER_3=unprotected",
        "_SERVER_3_PORT=TCP:80",
        "_SERVER_4=refuse",
        "_SERVER_4_PORT=TCP:22",
        "_SERVER_5=unprotected",
        "_SERVER_5_PORT=unix:/run/db.sock");
  }

  @Test
  void aPortIsProtectedAsItsRuleSays() {
    var db = network(database()).service("db");
    assertTrue(db.restricted());
    assertEquals(
        List.of(
            new Port(80, Protection.NONE),
            new Port(443, Protection.SERVER_TLS),
            new Port(5432, Protection.MUTUAL_TLS)),
        db.ports());
  }

  @Test
  void aServiceWithoutAShieldIsNotRestricted() {
    var network = network(manifest("plain"));
    assertFalse(network.service("plain").restricted());
    assertEquals(List.of(), network.service("plain").ports());
  }

  @Test
  void aDestinationIsAServiceByItsNameOrThatOfItsKubernetesService() {
    for (var host : List.of("db", "eu-db", "db.prod", "db.prod.svc", "db.prod.svc.cluster.local")) {
      var network = network(client("TCP:" + host + ":5432"), database());
      assertEquals(
          List.of(new Link("api", host, Optional.of("db"), 5432, Protection.NONE)),
          network.links());
      assertEquals(List.of("api"), network.callers("db", 5432));
      assertEquals(List.of(), network.callers("db", 80));
    }
  }

  @Test
  void anotherHostIsOutsideOfTheMesh() {
    for (var host : List.of("db.example.com", "10.0.0.1", "dba")) {
      var links = network(client("TCP:" + host + ":5432"), database()).links();
      assertEquals(Optional.empty(), links.getFirst().to(), host);
    }
  }

  @Test
  void whatARuleRefusesIsNoLink() {
    var api =
        manifest("api", "=protected", "_CLIENT_1=refuse", "_CLIENT_1_DESTINATION=TCP:db:5432");
    assertEquals(List.of(), network(api, database()).links());
  }
}
