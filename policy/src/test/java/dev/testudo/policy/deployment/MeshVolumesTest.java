package dev.testudo.policy.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.UpdatePolicy;
import dev.testudo.policy.session.Volume;
import dev.testudo.policy.session.VolumeTerms;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostic;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Volumes of manifests become volumes of sessions.
class MeshVolumesTest {
  private static final String MESH =
      """
      apiVersion: scone/5.8
      kind: mesh
      cas: {name: cas}
      policy: {namespace: shop}
      services:
        - {name: db, image: "db:1"}
        - {name: reports, image: "reports:1"}
      """;

  private static final String DB =
      """
        volumes:
          - name: data
            path: /var/lib/{{chartname}}
            size_limit: 1G
            tag_sync: {bounded: 5}
            export:
              - {to: {session: reports}, update_policy: ephemeral, volume_alias: rows}
              - outside/archive
      """;

  private static final String REPORTS =
      """
        volumes:
          - {name: rows, path: /rows, update_policy: ephemeral, import: {session: db, volume: rows}}
      """;

  private static ServiceManifest read(String name, String volumes) {
    var text =
        """
        apiVersion: scone/5.8
        kind: genservice
        build:
          name: NAME
          kind: python
          to: "NAME:1"
          command: NAME
        """
                .replace("NAME", name)
            + volumes;
    return value(ServiceManifest.read(new SourceFile(name + ".yaml", text)));
  }

  private static <T> T value(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> value;
      case Parsed.Invalid<T>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }

  private static Parsed<MeshPlan> plan(String db, String reports) {
    var mesh = value(Mesh.read(new SourceFile("mesh.yaml", MESH)));
    return MeshPlan.resolve(
        mesh, Map.of("db:1", read("db", db), "reports:1", read("reports", reports)));
  }

  private static Session session(String name) {
    var image = BuiltImage.of("0".repeat(64));
    return value(plan(DB, REPORTS)).sessions(Map.of("db", image, "reports", image)).stream()
        .filter(text -> text.name().value().equals(name))
        .map(text -> value(SessionParser.read(new SourceFile(name, text.yaml()))))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aVolumeIsInTheSessionAndInTheImageOfItsService() {
    var session = session("shop/db");
    var volume = session.volumes().getFirst();
    var own = assertInstanceOf(Volume.Origin.Own.class, volume.origin());
    assertEquals(Optional.of(1L << 30), own.terms().sizeLimit());
    assertEquals(new VolumeTerms.TagSync.Bounded(Duration.ofSeconds(5)), own.terms().tagSync());
    var mount = session.service("db").orElseThrow().image().orElseThrow().mounts().getFirst();
    assertEquals("data", mount.volume().name());
    assertEquals("/var/lib/db", mount.path());
    assertEquals(UpdatePolicy.ROLLBACK_PROTECTED, mount.updates());
  }

  @Test
  void servicesOfTheMeshAreNamedAsTheMeshfileNamesThem() {
    var exports = session("shop/db").volumes().getFirst().exports();
    assertEquals(
        List.of("shop/reports", "outside/archive"),
        exports.stream().map(export -> export.session().value()).toList());
    var reports = session("shop/reports");
    var imported =
        assertInstanceOf(Volume.Origin.Imported.class, reports.volumes().getFirst().origin());
    assertEquals(new SessionName("shop/db"), imported.from());
    var mount = reports.images().getFirst().mounts().getFirst();
    assertEquals(UpdatePolicy.EPHEMERAL, mount.updates());
  }

  @Test
  void anImportThatTheOtherServiceDoesNotExportIsReportedWhereItIs() {
    var found = plan(DB.replace("volume_alias: rows", "volume_alias: lines"), REPORTS);
    var wrong = found.diagnostics().stream().filter(Diagnostic::isError).toList();
    assertEquals(
        List.of("unknown-volume reports.yaml"),
        wrong.stream().map(d -> d.id() + " " + d.span().source().name()).toList());
  }
}
