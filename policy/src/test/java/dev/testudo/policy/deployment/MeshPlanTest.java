package dev.testudo.policy.deployment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.testudo.policy.Cases;
import dev.testudo.policy.evidence.Isolation;
import dev.testudo.policy.manifest.ManifestKind;
import dev.testudo.policy.manifest.Mesh;
import dev.testudo.policy.manifest.ServiceManifest;
import dev.testudo.policy.session.AttestationRule;
import dev.testudo.policy.session.IgnoredAdvisory;
import dev.testudo.policy.session.PlatformTerms;
import dev.testudo.policy.session.SecretDefinition;
import dev.testudo.policy.session.Session;
import dev.testudo.policy.session.SessionName;
import dev.testudo.policy.session.SnpField;
import dev.testudo.policy.session.TdxField;
import dev.testudo.policy.session.Tolerance;
import dev.testudo.policy.session.Variable;
import dev.testudo.policy.session.read.SessionParser;
import dev.testudo.policy.source.Diagnostics;
import dev.testudo.policy.source.Parsed;
import dev.testudo.policy.source.SourceFile;
import dev.testudo.policy.source.Text;
import dev.testudo.policy.yaml.YamlWriter;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeshPlanTest {
  private static final String MEASUREMENT = "12".repeat(32);

  private static <T> T value(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Valid<T>(var value, _) -> value;
      case Parsed.Invalid<T>(var problems) ->
          throw new AssertionError(Diagnostics.render(problems));
    };
  }

  private static ServiceManifest manifest(String yaml) {
    return value(ServiceManifest.read(new SourceFile("service.yaml", yaml)));
  }

  private static Mesh mesh(String env, String services) {
    return value(
        Mesh.read(
            new SourceFile(
                "mesh.yaml",
                """
                apiVersion: scone/5.8
                kind: mesh
                cas: [{name: cas, cas_url: cas.scone}]
                policy: {namespace: app, tolerate: software-evidence}
                env: %s
                services: %s
                """
                    .formatted(env, services))));
  }

  private static final ServiceManifest API =
      manifest(
          """
          apiVersion: scone/5.8
          kind: genservice
          build: {name: api, kind: python, to: "api:1", command: "/usr/bin/python3 app.py {{a}}", pwd: "/{{service_name}}"}
          environment:
            local:
              - {name: ALL, value: "{{a}} {{b}} {{c}} {{d}} {{session}} {{cas.cas.cas_url}}"}
            global:
              - {name: a, value: default-a}
              - {name: b, value: default-b}
              - {name: c, value: default-c}
              - {name: d, value: "{{c}}!"}
          """);

  private static List<AttestationRule> rulesWithMachines(String tolerated) {
    var mesh =
        value(
            Mesh.read(
                new SourceFile(
                    "mesh.yaml",
                    """
                    apiVersion: scone/5.8
                    kind: mesh
                    cas: [{name: cas, cas_url: cas.scone}]
                    policy:
                      namespace: app
                      tolerate: [%s]
                      machines:
                        - tdx: {mrtd: %s, rtmr: {1: %s}}
                        - sev_snp: {measurement: %s, vmpl: 1}
                    services: [{name: one, image: 'api:1'}]
                    """
                        .formatted(tolerated, "a".repeat(96), "1".repeat(96), "c".repeat(96)))));
    var plan = value(MeshPlan.resolve(mesh, Map.of("api:1", API)));
    var sessions = plan.sessions(Map.of("one", BuiltImage.of(MEASUREMENT)));
    var service = session(sessions.getLast()).services().getFirst();
    return service.requirements().rules();
  }

  private static <K> String first(Map<K, List<Text>> values, K field) {
    return values.getOrDefault(field, List.of()).getFirst().value();
  }

  @Test
  void theMeasurementOfAnImageNamesItsServiceInEachMachine() {
    var rules = rulesWithMachines("");
    assertEquals(2, rules.size());
    var tdx = rules.getFirst().tdx().orElseThrow().values();
    assertEquals(MEASUREMENT + "0".repeat(32), first(tdx, TdxField.MRCONFIGID));
    assertEquals("1".repeat(96), first(tdx, TdxField.RTMR1));
    var snp = rules.getLast().snp().orElseThrow();
    assertEquals(MEASUREMENT, first(snp.values(), SnpField.HOST_DATA));
    assertEquals("1", snp.vmpls().getFirst().value());
  }

  @Test
  void softwareEvidenceOfAMeshWithMachinesNeedsATokenAndHardwareNone() {
    var rules = rulesWithMachines("software-evidence");
    assertEquals(
        List.of(true, false, false), rules.stream().map(AttestationRule::joinToken).toList());
    assertEquals(MEASUREMENT, rules.getFirst().measurements().getFirst().value());
  }

  @Test
  void initdataNamesTheServiceInAGuestOfKataAndItsMeasurementDoesNot() {
    var digest = "e".repeat(64);
    var plan = planWithGuests();
    var image = BuiltImage.of(MEASUREMENT).launchedWith(digest);
    var session = session(plan.sessions(Map.of("one", image)).getLast());
    var rules = session.services().getFirst().requirements().rules();
    assertEquals(1, rules.size());
    var snp = rules.getFirst().snp().orElseThrow();
    assertEquals(digest, first(snp.values(), SnpField.HOST_DATA));
    assertEquals("a".repeat(96), first(snp.values(), SnpField.MEASUREMENT));
  }

  @Test
  void withoutInitdataNoGuestOfKataIsAccepted() {
    var sessions = planWithGuests().sessions(Map.of("one", BuiltImage.of(MEASUREMENT)));
    var session = session(sessions.getLast());
    assertEquals(Set.of(), session.security().platform().tolerated().keySet());
    var rules = session.services().getFirst().requirements().rules();
    assertEquals(1, rules.size());
    assertEquals(Set.of(Isolation.SGX, Isolation.SOFTWARE), rules.getFirst().kinds());
  }

  private static MeshPlan planWithGuests() {
    var mesh =
        value(
            Mesh.read(
                new SourceFile(
                    "mesh.yaml",
                    """
                    apiVersion: scone/5.8
                    kind: mesh
                    cas: [{name: cas, cas_url: cas.scone}]
                    policy:
                      namespace: app
                      machines:
                        - sev_snp: {measurement: %s}
                          kata: {runtime_class: kata-qemu-snp, vcpus: 2, memory: 2048}
                    services: [{name: one, image: 'api:1'}]
                    """
                        .formatted("a".repeat(96)))));
    return value(MeshPlan.resolve(mesh, Map.of("api:1", API)));
  }

  @Test
  void theSessionsOfAMeshAcceptThePlatformsThatItsPolicyAccepts() {
    var ppid = "INTEL_PPID:" + "0a".repeat(16);
    var mesh =
        value(
            Mesh.read(
                new SourceFile(
                    "mesh.yaml",
                    """
                    apiVersion: scone/5.8
                    kind: mesh
                    cas: [{name: cas, cas_url: cas.scone}]
                    policy:
                      namespace: app
                      tolerate: outdated-tcb, sept-ve
                      ignore_advisories:
                        - INTEL-SA-00657, INTEL-SA-00615
                        - {id: INTEL-SA-00828, reason: seen, until: 2030-01-31}
                      platforms: %s
                      min_tcb_evaluation_number: 17
                      min_tcb_date: 2024-03-13
                      collateral_grace: 36 h
                    services: [{name: one, image: 'api:1'}]
                    """
                        .formatted(ppid))));
    var plan = value(MeshPlan.resolve(mesh, Map.of("api:1", API)));
    var sessions = plan.sessions(Map.of("one", BuiltImage.of(MEASUREMENT)));
    var terms = session(sessions.getLast()).security().platform();
    assertEquals(Set.of(Tolerance.OUTDATED_TCB, Tolerance.SEPT_VE), terms.tolerated().keySet());
    assertEquals(
        List.of("INTEL-SA-00615", "INTEL-SA-00657", "INTEL-SA-00828"),
        terms.ignored().stream().map(IgnoredAdvisory::id).toList());
    var last = terms.ignored().getLast();
    assertEquals(Optional.of("seen"), last.reason());
    assertEquals(Optional.of(LocalDate.of(2030, 1, 31)), last.until());
    assertEquals(List.of(ppid), terms.platforms().stream().map(Text::value).toList());
    assertEquals(Optional.of(17), terms.leastEvaluation().map(PlatformTerms.Least::value));
    assertEquals(
        Optional.of(LocalDate.of(2024, 3, 13)), terms.leastDate().map(PlatformTerms.Least::value));
    assertEquals(Duration.ofHours(36), terms.grace());
  }

  @Test
  void theNarrowerScopeWins() {
    var mesh =
        mesh(
            """
            [{service: api, env: [{name: a, value: service}]},
             {service: helm, env: [{name: a, value: helm}, {name: b, value: helm}]},
             {service: global, env: [{name: a, value: global}, {name: b, value: global}, {name: c, value: early}]},
             {service: global, env: [{name: c, value: late}]},
             {service: other, env: [{name: d, value: others}]}]
            """,
            "[{name: api, image: 'api:1'}, {name: other, image: 'api:1'}]");
    var plan = value(MeshPlan.resolve(mesh, Map.of("api:1", API)));
    var api = plan.services().getFirst();
    assertEquals(
        "service helm late late! app/api cas.scone", api.launch().environment().get("ALL"));
    assertEquals("others", plan.services().get(1).launch().environment().get("d"));
    assertEquals(List.of("/usr/bin/python3", "app.py", "service"), api.launch().command());
    assertEquals("/api", api.launch().pwd().orElseThrow());
    assertEquals("python3", api.serviceName());
    assertEquals("app/api/python3", api.configId());
  }

  @Test
  void aSecretIsExportedToThoseWhoImportItAndToNobodyElse() {
    var owner =
        manifest(
            """
            apiVersion: scone/5.8
            kind: genservice
            build: {name: owner, kind: python, to: "owner:1", command: owner}
            secrets:
              global:
                - {name: shared, kind: ascii}
                - {name: private, kind: ascii}
                - {name: mapped, kind: ascii, export: {session: elsewhere}}
            """);
    var user =
        manifest(
            """
            apiVersion: scone/5.8
            kind: genservice
            build: {name: user, kind: python, to: "user:1", command: "user $$SCONE::EXPECTED$$"}
            secrets: {import: [shared, EXPECTED]}
            """);
    var mesh =
        mesh(
            "[{name: EXPECTED, value: mapped}]",
            "[{name: one, image: 'owner:1'}, {name: two, image: 'user:1'}]");
    var plan = value(MeshPlan.resolve(mesh, Map.of("owner:1", owner, "user:1", user)));
    var sessions =
        plan.sessions(Map.of("one", BuiltImage.of(MEASUREMENT), "two", BuiltImage.of(MEASUREMENT)));
    assertEquals(
        List.of("app", "app/one", "app/two"),
        sessions.stream().map(s -> s.name().value()).toList());
    var one = session(sessions.get(1));
    var two = session(sessions.get(2));
    assertTrue(exports(one, "shared", two.name()));
    assertTrue(exports(one, "mapped", two.name()));
    assertTrue(exports(one, "mapped", new SessionName("elsewhere")));
    assertEquals(List.of(), one.secret("private").orElseThrow().declaration().exports());
    var imported =
        assertInstanceOf(SecretDefinition.Imported.class, two.secret("EXPECTED").orElseThrow());
    assertEquals(one.name(), imported.from());
    assertEquals("mapped", imported.original().value());
    assertEquals(
        Set.of(Tolerance.SOFTWARE_EVIDENCE), two.security().platform().tolerated().keySet());
    var rule = two.service("user").orElseThrow().requirements().rules().getFirst();
    assertEquals(MEASUREMENT, rule.measurements().getFirst().value());
    assertTrue(rule.joinToken());
  }

  private static boolean exports(Session session, String secret, SessionName to) {
    return session.secret(secret).orElseThrow().declaration().exports().stream()
        .anyMatch(export -> export.names(to));
  }

  private static Session session(SessionText text) {
    return value(SessionParser.read(new SourceFile(text.name().value(), text.yaml())));
  }

  @Test
  void aServiceWithoutAMeasurementIsABug() {
    var mesh = mesh("", "[{name: api, image: 'api:1'}]");
    var plan = value(MeshPlan.resolve(mesh, Map.of("api:1", API)));
    assertThrows(IllegalArgumentException.class, () -> plan.sessions(Map.of()));
  }

  /// Any text in a manifest arrives unchanged in the session that CAS reads.
  @Test
  void textArrivesUnchanged() {
    Cases.check(
        cases -> {
          var text =
              cases.text(
                  6, "a", " ", "\n", "$HOME", "$#", "${X}", ": ", "#", "-", "'", "\"", "\\", "🐢",
                  "~", "7", "\t", "  x\n", "%", "@", "|", ">", "\r", "\u0085");
          Map<String, Object> document =
              Map.of(
                  "apiVersion", "scone/5.8",
                  "kind", "genservice",
                  "build", Map.of("name", "x", "kind", "python", "to", "x:1", "command", "x"),
                  "environment", Map.of("local", List.of(Map.of("name", "T", "value", text))),
                  "injection_files", List.of(Map.of("path", "/t", "content", text)));
          var manifest = manifest(YamlWriter.write(document));
          var mesh = mesh("", "[{name: x, image: 'x:1'}]");
          var plan = value(MeshPlan.resolve(mesh, Map.of("x:1", manifest)));
          var session = session(plan.sessions(Map.of("x", BuiltImage.of(MEASUREMENT))).get(1));
          var service = session.service("x").orElseThrow();
          assertEquals(
              List.of(text),
              service.launch().environment().values().stream()
                  .map(t -> ((Variable.Given) t).template().expand(_ -> ""))
                  .toList());
          assertEquals(
              text,
              service
                  .image()
                  .orElseThrow()
                  .files()
                  .getFirst()
                  .content()
                  .orElseThrow()
                  .expand(_ -> ""));
        });
  }

  @Test
  void kindsOfFilesAreToldApart() {
    assertEquals(ManifestKind.SERVICE, kind("kind: genservice\n"));
    assertEquals(ManifestKind.MESH, kind("kind: mesh\n"));
    assertEquals(ManifestKind.SESSION, kind("name: a\nversion: 0.3\n"));
    assertEquals(ManifestKind.UNKNOWN, kind("kind: Deployment\nname: a\nversion: 1\n"));
    assertEquals(ManifestKind.UNKNOWN, kind("- a\n"));
    assertEquals(ManifestKind.UNKNOWN, kind("a: [\n"));
  }

  private static ManifestKind kind(String text) {
    return ManifestKind.of(new SourceFile("x", text));
  }
}
